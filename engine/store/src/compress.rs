//! Making bodies small. They are JSON of a few known shapes, often below a kilobyte: what such a text usually says lies in
//! a dictionary that writer and reader share, so that even a short one has something before it to point at.

/// What bodies usually say, the most usual at its end. Never changed: what was written with it is read with it.
const USUAL: &[u8] = include_bytes!("compress/usual.txt");
/// The most bytes that a body unfolds to.
const MOST: usize = 64 * 1024 * 1024;

/// The first byte: how the rest is written.
const AS_IT_IS: u8 = 0;
const LZ4: u8 = 1;

/// The same in fewer bytes, or in one more.
pub(crate) fn compress(bytes: &[u8]) -> Vec<u8> {
    if bytes.len() <= MOST {
        let folded = lz4_flex::block::compress_with_dict(bytes, USUAL);
        if folded.len() + 4 < bytes.len() {
            // It fits, by the line above.
            let size = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            return [&[LZ4], &size.to_be_bytes()[..], &folded].concat();
        }
    }
    [&[AS_IT_IS], bytes].concat()
}

/// What was made small; none when it is no such thing.
pub(crate) fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    match bytes.split_first()? {
        (&AS_IT_IS, rest) => Some(rest.to_vec()),
        (&LZ4, rest) => {
            let (size, folded) = rest.split_at_checked(4)?;
            let size = u32::from_be_bytes(size.try_into().ok()?) as usize;
            if size > MOST {
                return None;
            }
            let bytes = lz4_flex::block::decompress_with_dict(folded, size, USUAL).ok()?;
            (bytes.len() == size).then_some(bytes)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(bytes: &[u8], at_most: usize) {
        let folded = compress(bytes);
        assert!(folded.len() <= at_most, "{} bytes", folded.len());
        assert_eq!(decompress(&folded).as_deref(), Some(bytes));
    }

    #[test]
    fn what_is_folded_unfolds() {
        check(b"", 1);
        check(b"x", 2);
        check(&[7; 1000], 40);
        check(br#"{"tenant":"musterstadt","case":"019a5d7c-0000-7000-8000-000000000001","version":2}"#, 75);
        let noise: Vec<u8> = (0..3000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
        check(&noise, 3001);
    }

    #[test]
    fn damage_is_noticed_and_takes_no_room() {
        assert_eq!(decompress(&[]), None);
        assert_eq!(decompress(&[9, 1]), None);
        assert_eq!(decompress(&[LZ4, 255, 255, 255, 255, 0]), None);
        assert_eq!(decompress(&[LZ4, 0, 0]), None);
        assert_eq!(decompress(&[LZ4, 0, 0, 0, 9, 0x10, 65]), None);
    }
}
