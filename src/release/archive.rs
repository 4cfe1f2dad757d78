//! The zip around a package: written in one way only, read with suspicion.
//!
//! Files are stored, not compressed: then the bytes do not depend on the version of a compressor,
//! and the picture, by far the largest file, is compressed already. *Invariant:* knows names and
//! bytes, nothing of what they say.

use std::io::{Cursor, Read, Write};

use zip::result::ZipError;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipArchive, ZipReadOptions, ZipWriter};

use super::Unreadable;

/// Limits of what is read. A package of the widest flow with all formats has about 2 MB.
pub(crate) const LARGEST_ARCHIVE: usize = 256 << 20;
const LARGEST_FILE: u64 = 64 << 20;
const LARGEST_TOTAL: u64 = 256 << 20;
const MOST_FILES: usize = 2_048;

/// A file of a package: its name and its bytes.
pub(super) type File = (String, Vec<u8>);

/// Fixed times, fixed attributes, no extra fields: the same files give the same bytes everywhere.
pub(super) fn pack(files: &[File]) -> Result<Vec<u8>, ZipError> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Stored)
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .system(System::Unix);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, options)?;
        writer.write_all(bytes)?;
    }
    Ok(writer.finish()?.into_inner())
}

/// The files of an archive in their order, whoever made it. Whether it is the archive that [`pack`]
/// makes of them is for the caller to compare.
pub(super) fn unpack(bytes: &[u8]) -> Result<Vec<File>, Unreadable> {
    if bytes.len() > LARGEST_ARCHIVE {
        return Err(Unreadable::TooLarge("more than 256 MB"));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unreadable::NotAnArchive)?;
    if archive.len() > MOST_FILES {
        return Err(Unreadable::TooLarge("more than 2 048 files"));
    }
    let mut files = Vec::with_capacity(archive.len());
    let mut total = 0;
    for index in 0..archive.len() {
        // A wrong checksum is no reason to stop: the hashes tell which file was changed.
        let options = ZipReadOptions::new().ignore_crc32(true);
        let entry =
            archive.by_index_with_options(index, options).map_err(|_| Unreadable::NotAnArchive)?;
        let name =
            String::from_utf8(entry.name_raw().to_vec()).map_err(|_| Unreadable::NotAnArchive)?;
        let mut content = Vec::new();
        entry
            .take(LARGEST_FILE + 1)
            .read_to_end(&mut content)
            .map_err(|_| Unreadable::NotAnArchive)?;
        let size = content.len() as u64;
        total += size;
        if size > LARGEST_FILE || total > LARGEST_TOTAL {
            return Err(Unreadable::TooLarge("a file of more than 64 MB, or 256 MB in all"));
        }
        files.push((name, content));
    }
    Ok(files)
}
