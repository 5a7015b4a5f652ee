//! Pictures of a machine's screen.

use std::io::Cursor;

use image::codecs::png::PngEncoder;
use image::codecs::pnm::{PnmEncoder, PnmSubtype, SampleEncoding};
use image::imageops::FilterType;
use image::{DynamicImage, ImageFormat, ImageReader};

use crate::error::Cause;
use crate::limits::PICTURE_PIXELS;

/// A picture, as QEMU wrote it: a portable pixmap.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture(Vec<u8>);

/// How a picture is prepared for the recognition of text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// Not at all.
    Raw,
    /// Larger, without colours, with more contrast.
    Enhanced,
    /// The same, dark where it was light.
    Negated,
}

/// The letters of text consoles are too small for text recognition: a picture is enlarged so often.
const ENLARGEMENT: u32 = 3;
/// But to no more than so many columns and lines: on large screens, letters are large, and what is done with them in
/// between takes sixteen bytes a pixel.
const ENLARGED_SIDE: u32 = 4096;
/// Contrast that is added, in percent.
const CONTRAST: f32 = 40.0;

impl Variant {
    /// In the order in which they are told.
    pub(super) const ALL: [Self; 3] = [Self::Raw, Self::Enhanced, Self::Negated];
}

impl Picture {
    /// Of a file's bytes.
    pub(super) fn new(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// As a PNG file. Errors: it is none of the pictures that QEMU writes.
    pub(super) fn png(&self) -> Result<Vec<u8>, Cause> {
        let mut bytes = Vec::new();
        let written = self.decode()?.write_with_encoder(PngEncoder::new(&mut bytes));
        encoded(bytes, written)
    }

    /// Prepared for the recognition of text, as a portable pixmap or graymap. Errors: as [`Picture::png`].
    pub(super) fn prepare(&self, variant: Variant) -> Result<Vec<u8>, Cause> {
        if variant == Variant::Raw {
            return Ok(self.0.clone());
        }
        let picture = self.decode()?;
        let longest = picture.width().max(picture.height()).max(1);
        let factor = (ENLARGED_SIDE / longest).clamp(1, ENLARGEMENT);
        let (width, height) = (picture.width() * factor, picture.height() * factor);
        // A graymap has no more than eight bits, and no transparency.
        let mut picture = DynamicImage::ImageLuma8(picture.into_luma8());
        if factor > 1 {
            picture = picture.resize_exact(width, height, FilterType::CatmullRom);
        }
        let mut picture = picture.adjust_contrast(CONTRAST);
        if variant == Variant::Negated {
            picture.invert();
        }
        let mut bytes = Vec::new();
        let graymap = PnmSubtype::Graymap(SampleEncoding::Binary);
        let written = picture.write_with_encoder(PnmEncoder::new(&mut bytes).with_subtype(graymap));
        encoded(bytes, written)
    }

    fn decode(&self) -> Result<DynamicImage, Cause> {
        let mut reader = ImageReader::with_format(Cursor::new(&self.0), ImageFormat::Pnm);
        let mut limits = image::Limits::default();
        limits.max_image_width = Some(PICTURE_PIXELS);
        limits.max_image_height = Some(PICTURE_PIXELS);
        // Decoded, and its file.
        limits.max_alloc = Some(4 * self.0.len() as u64 + PICTURE_PIXELS as u64);
        reader.limits(limits);
        let picture = reader
            .decode()
            .map_err(|error| Cause::Monitor(format!("the picture of the screen cannot be read: {error}")))?;
        if picture.width() == 0 || picture.height() == 0 {
            return Err(Cause::Monitor("the picture of the screen has no pixels".into()));
        }
        Ok(picture)
    }
}

fn encoded(bytes: Vec<u8>, written: image::ImageResult<()>) -> Result<Vec<u8>, Cause> {
    match written {
        Ok(()) => Ok(bytes),
        Err(error) => Err(Cause::Host(format!("cannot write the picture of the screen: {error}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn picture(width: u32, height: u32) -> Picture {
        let size = usize::try_from(width * height * 3).unwrap();
        Picture::new([format!("P6\n{width} {height}\n255\n").into_bytes(), vec![40; size]].concat())
    }

    fn decode(bytes: &[u8]) -> DynamicImage {
        image::load_from_memory(bytes).unwrap()
    }

    #[test]
    fn a_picture_becomes_a_png_of_the_same_size_and_colours() {
        let mut small = picture(2, 1);
        small.0.splice(small.0.len() - 6.., [255, 0, 0, 0, 0, 255]);
        let png = small.png().unwrap();
        assert!(png.starts_with(b"\x89PNG"));
        assert_eq!(decode(&png).to_rgb8().into_raw(), [255, 0, 0, 0, 0, 255]);
    }

    #[test]
    fn variants_are_enlarged_and_negated_but_for_the_raw_one() {
        let small = picture(10, 4);
        assert_eq!(small.prepare(Variant::Raw).unwrap(), small.0);
        let [enhanced, negated] =
            [Variant::Enhanced, Variant::Negated].map(|variant| decode(&small.prepare(variant).unwrap()));
        assert_eq!((enhanced.width(), enhanced.height()), (30, 12));
        let sum = |picture: &DynamicImage| u32::from(picture.to_luma8().as_raw()[0]);
        assert_eq!(sum(&enhanced) + sum(&negated), 255);
        assert!(sum(&enhanced) < 40, "{}", sum(&enhanced));
        let size = |width, height| {
            let large = decode(&picture(width, height).prepare(Variant::Enhanced).unwrap());
            (large.width(), large.height())
        };
        assert_eq!(size(3000, 2), (3000, 2));
        assert_eq!(size(2, 3000), (2, 3000));
    }

    #[test]
    fn every_kind_of_pixmap_is_prepared() {
        for bytes in [
            &b"P6\n1 1\n65535\n\0\0\0\0\0\0"[..],
            b"P5\n1 1\n65535\n\0\0",
            b"P4\n1 1\n\0",
            b"P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE RGB_ALPHA\nENDHDR\n\0\0\0\0",
        ] {
            let picture = Picture::new(bytes.into());
            assert!(picture.png().unwrap().starts_with(b"\x89PNG"));
            let prepared = picture.prepare(Variant::Negated).unwrap();
            assert!(prepared.starts_with(b"P5"), "{bytes:?}");
        }
    }

    #[test]
    fn what_is_no_picture_or_too_large_is_refused() {
        let pictures = [
            &b""[..],
            b"P6\n2 2\n255\nshort",
            b"\x89PNG",
            b"P6\n0 5\n255\n",
            b"P1 5 0\n",
            b"P6\n100000 100000\n255\n",
        ];
        for bytes in pictures {
            let error = Picture::new(bytes.into()).png().unwrap_err();
            assert!(matches!(error, Cause::Monitor(_)), "{error}");
        }
        assert!(picture(PICTURE_PIXELS + 1, 1).png().is_err());
        assert!(picture(PICTURE_PIXELS, 1).png().is_ok());
    }
}
