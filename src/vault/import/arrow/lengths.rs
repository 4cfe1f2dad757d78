//! How long packed columns say they are, asked before anybody believes it.
//!
//! A packed buffer begins with the length that it has unpacked, and a reader makes room for so much
//! before it unpacks a byte. In a damaged file that length may be any.
//!
//! *Invariant:* reads headers and lengths, no values.

use std::io::{Read, Seek, SeekFrom};

use polars::prelude::PolarsError;
use polars_arrow::io::ipc::format::ipc::planus::ReadAsRoot;
use polars_arrow::io::ipc::format::ipc::{Block, MessageHeaderRef, MessageRef, RecordBatchRef};

/// No packer writes a byte for more bytes than this: Zstandard repeats one 128 KB long, with a header
/// of four.
const MOST_FOR_A_BYTE: u64 = 1 << 15;
/// Unpacked, a column of one batch has no more bytes than this, which is twice what its offsets reach.
const LONGEST: u64 = 1 << 32;
/// A header of more bytes is none.
const LONGEST_HEADER: u64 = 1 << 28;

/// Checks the batches of a file.
pub(super) fn check_file<R: Read + Seek>(
    reader: &mut R,
    blocks: &[Block],
) -> Result<(), PolarsError> {
    for block in blocks {
        let at = u64::try_from(block.offset).map_err(|_| damaged())?;
        let header = u64::try_from(block.meta_data_length).map_err(|_| damaged())?;
        check_message(reader, at, Some(at.saturating_add(header)))?;
    }
    Ok(())
}

/// Checks the messages of a stream, which has its schema behind it, and goes back to where it was.
pub(super) fn check_stream<R: Read + Seek>(reader: &mut R) -> Result<(), PolarsError> {
    let start = reader.stream_position()?;
    let mut at = start;
    while let Some(next) = check_message(reader, at, None)? {
        at = next;
    }
    reader.seek(SeekFrom::Start(start))?;
    Ok(())
}

/// Checks one message and says where the next one begins; `None` where there is no more. The body
/// begins behind the header, or where a file says that it does.
fn check_message<R: Read + Seek>(
    reader: &mut R,
    at: u64,
    body: Option<u64>,
) -> Result<Option<u64>, PolarsError> {
    reader.seek(SeekFrom::Start(at))?;
    let mut len = [0; 4];
    if reader.read_exact(&mut len).is_err() {
        return Ok(None);
    }
    if len == [u8::MAX; 4] {
        reader.read_exact(&mut len)?;
    }
    let len = u64::try_from(i32::from_le_bytes(len)).map_err(|_| damaged())?;
    if len == 0 {
        return Ok(None);
    }
    if len > LONGEST_HEADER {
        return Err(damaged());
    }
    let mut header = Vec::new();
    reader.by_ref().take(len).read_to_end(&mut header)?;
    let body = body.map_or_else(|| reader.stream_position(), Ok)?;
    let message = MessageRef::read_as_root(&header).map_err(|_| damaged())?;
    let batch = match message.header().map_err(|_| damaged())? {
        Some(MessageHeaderRef::RecordBatch(batch)) => Some(batch),
        Some(MessageHeaderRef::DictionaryBatch(batch)) => batch.data().map_err(|_| damaged())?,
        _ => None,
    };
    if let Some(batch) = batch {
        check_batch(reader, &batch, body)?;
    }
    let body_len = message.body_length().map_err(|_| damaged())?;
    Ok(Some(body.saturating_add(u64::try_from(body_len).map_err(|_| damaged())?)))
}

fn check_batch<R: Read + Seek>(
    reader: &mut R,
    batch: &RecordBatchRef<'_>,
    body: u64,
) -> Result<(), PolarsError> {
    let is_packed = batch.compression().map_err(|_| damaged())?.is_some();
    let buffers = batch.buffers().map_err(|_| damaged())?;
    for buffer in buffers.into_iter().flatten().filter(|_| is_packed) {
        let offset = u64::try_from(buffer.offset()).map_err(|_| damaged())?;
        let packed = u64::try_from(buffer.length()).map_err(|_| damaged())?;
        if packed == 0 {
            continue;
        }
        let mut claimed = [0; 8];
        reader.seek(SeekFrom::Start(body.saturating_add(offset)))?;
        reader.read_exact(&mut claimed)?;
        // −1 says that the rest stands as it is.
        let claimed = u64::try_from(i64::from_le_bytes(claimed)).unwrap_or(packed);
        if claimed > packed.saturating_mul(MOST_FOR_A_BYTE).min(LONGEST) {
            return Err(damaged());
        }
    }
    Ok(())
}

fn damaged() -> PolarsError {
    PolarsError::ComputeError("damaged".into())
}
