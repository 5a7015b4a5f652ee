//! The uncompressed kernel inside a `vmlinuz`: QEMU starts it through its PVH entry, and decompressing it in the guest
//! would be slow under emulation.

use std::process::Command;

use crate::error::{Error, Result};
use crate::process::filter;

// Offsets and values of the x86 boot protocol (Documentation/arch/x86/boot.rst of the kernel).
const SETUP_SECTORS: usize = 0x1f1;
const SETUP_SECTORS_DEFAULT: usize = 4;
const SECTOR_BYTES: usize = 512;
const MAGIC: usize = 0x202;
const VERSION: usize = 0x206;
const VERSION_WITH_PAYLOAD: u16 = 0x208;
const PAYLOAD_OFFSET: usize = 0x248;
const PAYLOAD_LENGTH: usize = 0x24c;
/// The build appends the uncompressed size to the payload; xz refuses what follows its end.
const SIZE_BYTES: usize = 4;

/// What the payload's first bytes say, the program that decompresses it, and Debian's package of that.
const COMPRESSIONS: [(&[u8], &str, &str); 5] = [
    (b"\xfd7zXZ\0", "xz", "xz-utils"),
    (b"\x28\xb5\x2f\xfd", "zstd", "zstd"),
    (b"\x1f\x8b", "gzip", "gzip"),
    (b"\x02\x21\x4c\x18", "lz4", "lz4"),
    (b"BZh", "bzip2", "bzip2"),
];

/// Extracts the ELF file.
pub(super) fn extract(vmlinuz: &[u8]) -> Result<Vec<u8>> {
    let payload = payload(vmlinuz).ok_or_else(|| Error::Invalid("the kernel is no bzImage with a payload".into()))?;
    let elf = if is_elf(payload) {
        payload.to_vec()
    } else {
        let (_, program, package) = COMPRESSIONS
            .iter()
            .find(|(magic, ..)| payload.starts_with(magic))
            .ok_or_else(|| {
                Error::Invalid(format!(
                    "the kernel is compressed in an unknown way ({:02x?})",
                    payload.get(..4)
                ))
            })?;
        filter(Command::new(program).args(["-d", "-c"]), payload).map_err(|error| match error {
            Error::Start { .. } => Error::Invalid(format!("{error}: install the package {package}")),
            other => other,
        })?
    };
    if is_elf(&elf) {
        Ok(elf)
    } else {
        Err(Error::Invalid("the kernel's payload is no ELF file".into()))
    }
}

fn is_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}

fn payload(vmlinuz: &[u8]) -> Option<&[u8]> {
    let long = |at: usize| {
        let bytes = vmlinuz.get(at..at + 4)?;
        usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
    };
    let version = u16::from_le_bytes(vmlinuz.get(VERSION..VERSION + 2)?.try_into().ok()?);
    if vmlinuz.get(MAGIC..MAGIC + 4)? != b"HdrS" || version < VERSION_WITH_PAYLOAD {
        return None;
    }
    let sectors = match usize::from(*vmlinuz.get(SETUP_SECTORS)?) {
        0 => SETUP_SECTORS_DEFAULT,
        sectors => sectors,
    };
    let start = (sectors + 1) * SECTOR_BYTES + long(PAYLOAD_OFFSET)?;
    let end = start.checked_add(long(PAYLOAD_LENGTH)?)?;
    let whole = vmlinuz.get(start..end)?;
    if is_elf(whole) {
        Some(whole)
    } else {
        whole.get(..whole.len().checked_sub(SIZE_BYTES)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SETUP_BYTES: usize = (SETUP_SECTORS_DEFAULT + 1) * SECTOR_BYTES;
    const OFFSET: usize = 100;

    fn image(payload: &[u8]) -> Vec<u8> {
        let mut image = vec![0; SETUP_BYTES + OFFSET];
        image[MAGIC..MAGIC + 4].copy_from_slice(b"HdrS");
        image[VERSION..VERSION + 2].copy_from_slice(&0x20f_u16.to_le_bytes());
        image[PAYLOAD_OFFSET..PAYLOAD_OFFSET + 4].copy_from_slice(&u32::try_from(OFFSET).unwrap().to_le_bytes());
        let length = u32::try_from(payload.len()).unwrap();
        image[PAYLOAD_LENGTH..PAYLOAD_LENGTH + 4].copy_from_slice(&length.to_le_bytes());
        image.extend_from_slice(payload);
        image.extend_from_slice(b"what follows");
        image
    }

    #[test]
    fn the_compressed_kernel_is_found_and_decompressed() {
        let elf = [b"\x7fELF".as_slice(), &[42; 5000]].concat();
        let mut payload = filter(Command::new("gzip").arg("-c"), &elf).unwrap();
        payload.extend_from_slice(&u32::try_from(elf.len()).unwrap().to_le_bytes());
        assert_eq!(extract(&image(&payload)).unwrap(), elf);
    }

    #[test]
    fn an_uncompressed_kernel_is_taken_as_it_is() {
        assert_eq!(extract(&image(b"\x7fELF and more")).unwrap(), b"\x7fELF and more");
    }

    #[test]
    fn what_is_no_kernel_is_refused() {
        let mut cut = image(b"\x7fELF and more");
        cut.truncate(SETUP_BYTES + OFFSET + 3);
        for bad in [
            Vec::new(),
            vec![0; 100],
            vec![0; 100_000],
            cut,
            image(b"unknown compression"),
        ] {
            assert!(matches!(extract(&bad), Err(Error::Invalid(_))));
        }
    }
}
