//! Memory for what is about to be encrypted: overwritten when it is dropped, and when it grows.

use std::io::{Error, ErrorKind, Result, Seek, SeekFrom, Write};

use zeroize::Zeroizing;

/// Bytes to write into, as into a file. A vector alone would leave a copy behind each time it grows.
pub struct Wiped {
    bytes: Zeroizing<Vec<u8>>,
    at: usize,
}

impl Wiped {
    pub fn new() -> Self {
        Self { bytes: Zeroizing::new(Vec::with_capacity(1 << 16)), at: 0 }
    }

    pub fn into_bytes(self) -> Zeroizing<Vec<u8>> {
        self.bytes
    }

    /// Moves to a larger place and overwrites the old one.
    fn grow_to(&mut self, length: usize) {
        if length > self.bytes.capacity() {
            let mut larger = Vec::with_capacity(length.max(2 * self.bytes.capacity()));
            larger.extend_from_slice(&self.bytes);
            self.bytes = Zeroizing::new(larger);
        }
        if length > self.bytes.len() {
            self.bytes.resize(length, 0);
        }
    }
}

impl Write for Wiped {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let end = self.at + bytes.len();
        self.grow_to(end);
        self.bytes[self.at..end].copy_from_slice(bytes);
        self.at = end;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Result<()> {
        Ok(())
    }
}

impl Seek for Wiped {
    fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => usize::try_from(at).ok(),
            SeekFrom::Current(by) => {
                isize::try_from(by).ok().and_then(|by| self.at.checked_add_signed(by))
            }
            SeekFrom::End(by) => {
                isize::try_from(by).ok().and_then(|by| self.bytes.len().checked_add_signed(by))
            }
        };
        self.at = at.ok_or(ErrorKind::InvalidInput).map_err(Error::from)?;
        Ok(self.at as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, SeekFrom, Write};

    use super::Wiped;

    #[test]
    fn it_is_written_like_a_file() {
        let mut wiped = Wiped::new();
        let mut vector = std::io::Cursor::new(Vec::new());
        for number in 0..40_u8 {
            let bytes = vec![number; 7_000];
            wiped.write_all(&bytes).unwrap();
            vector.write_all(&bytes).unwrap();
        }
        for to in [SeekFrom::Start(5), SeekFrom::Current(70_000), SeekFrom::End(-3)] {
            assert_eq!(wiped.seek(to).unwrap(), vector.seek(to).unwrap());
            wiped.write_all(b"over").unwrap();
            vector.write_all(b"over").unwrap();
        }
        assert!(wiped.seek(SeekFrom::Current(i64::MIN)).is_err());
        assert_eq!(*wiped.into_bytes(), vector.into_inner());
    }
}
