//! Pictures: drawn anew, without metadata, and refused when they lie.

use image::ImageFormat;

use super::{FIELDS, picture, png, signed_in, upload};
use crate::tests::harness::db_test;

db_test!(picture_is_drawn_anew_small_and_square, |t| {
    let mut browser = signed_in(&t).await;
    assert_eq!(browser.get("/account/picture").await.status, 404);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP] {
        let answer = upload(&mut browser, &picture(900, 300, format)).await;
        assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account/profile"));
        let shown = browser.get("/account/picture").await;
        assert_eq!(shown.header("content-type"), "image/jpeg");
        assert_eq!(shown.header("cache-control"), "no-store");
        let drawn = image::load_from_memory(&shown.bytes).expect("a picture").to_rgb8();
        assert_eq!(drawn.dimensions(), (256, 256));
        // The middle was cropped: left red, right blue.
        assert!(drawn.get_pixel(20, 128).0[0] > 150 && drawn.get_pixel(236, 128).0[2] > 150);
    }
    let mut stranger = t.browser().json();
    assert_eq!(stranger.get("/account/picture").await.status, 401);
    let fields =
        [("display_name", "Anna"), ("locale", "en"), ("time_zone", ""), ("remove_picture", "on")];
    browser.submit("/api/profile", &fields).await.assert_text("Saved.");
    assert_eq!(browser.get("/account/picture").await.status, 404);
});

db_test!(metadata_is_gone_and_cameras_are_turned_upright, |t| {
    let mut browser = signed_in(&t).await;
    // Exif: orientation 3 (upside down), and a canary in place of a maker's note.
    let exif = [
        b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x03\0\0\0\0\0\0".as_slice(),
        b"GPS canary 55.7558 37.6173",
    ]
    .concat();
    let jpeg = picture(400, 400, ImageFormat::Jpeg);
    let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
    let file = [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat();
    upload(&mut browser, &file).await;
    let shown = browser.get("/account/picture").await;
    assert!(!shown.body.contains("canary") && !shown.body.contains("Exif"));
    let drawn = image::load_from_memory(&shown.bytes).expect("a picture").to_rgb8();
    assert!(
        drawn.get_pixel(20, 128).0[2] > 150,
        "turned by half a turn: the blue half is on the left now"
    );
});

db_test!(pictures_that_lie_are_refused_and_the_rest_is_kept, |t| {
    let mut browser = signed_in(&t).await;
    let good = png(300, 300);
    let mut truncated = picture(900, 900, ImageFormat::Jpeg);
    truncated.truncate(truncated.len() / 3);
    // A header that claims 30,000 × 30,000 pixels.
    let mut bomb = good.clone();
    bomb[16..20].copy_from_slice(&30_000_u32.to_be_bytes());
    bomb[20..24].copy_from_slice(&30_000_u32.to_be_bytes());
    let crc = crc32(&bomb[12..29]).to_be_bytes();
    bomb[29..33].copy_from_slice(&crc);
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec();
    let html = b"<!doctype html><script>alert(1)</script>".to_vec();
    let gif = b"GIF89a\x01\0\x01\0\0\0\0;".to_vec();
    for (name, file, kind) in [
        ("svg", svg, "picture_unknown"),
        ("html", html, "picture_unknown"),
        ("gif", gif, "picture_unknown"),
        ("truncated png", good[..good.len() / 2].to_vec(), "picture_broken"),
        ("header only", good[..40].to_vec(), "picture_broken"),
        ("bomb", bomb, "picture_too_many_pixels"),
        ("deep colours", deep(6_300), "picture_too_many_pixels"),
        ("too large", vec![0x89; 2 * 1024 * 1024 + 1], "picture_too_large"),
    ] {
        let answer = upload(&mut browser.clone().json(), &file).await;
        assert_eq!(answer.status, 422, "{name}: {answer:?}");
        assert_eq!(answer.field("picture"), kind, "{name}");
    }
    assert_eq!(t.number("SELECT COUNT(*) FROM pictures").await, 0);
    assert_eq!(t.find("anna").await.display_name, None, "all or nothing");
    // A browser receives its form again, with the name that was typed.
    upload(&mut browser, b"nothing").await;
    let page = browser.get("/account/profile").await;
    page.assert_text("This is no PNG, JPEG or WebP picture");
    assert!(page.body.contains(r#"value="Anna""#));
});

db_test!(empty_and_torn_pictures_are_refused_with_the_reason, |t| {
    let mut browser = signed_in(&t).await;
    upload(&mut browser, b"").await;
    browser
        .get("/account/profile")
        .await
        .assert_text("This file is empty. Please choose another one.");
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = picture(900, 900, format);
        for part in [whole.len() / 2, whole.len() * 9 / 10, whole.len() - 3] {
            let answer = upload(&mut browser.clone().json(), &whole[..part]).await;
            assert_eq!(answer.field("picture"), "picture_broken", "{format:?} up to {part}");
        }
        // Data that a camera appends is not part of the picture.
        let more = [&whole[..], b"and a little film"].concat();
        assert_eq!(upload(&mut browser.clone().json(), &more).await.status, 200, "{format:?}");
    }
    // If no file is chosen, there is no picture to check.
    assert_eq!(browser.post("/api/profile", &FIELDS).await.status, 303);
});

/// Returns the header of a PNG with eight bytes a pixel: few enough pixels, but too much memory.
fn deep(side: u32) -> Vec<u8> {
    let mut file = png(300, 300);
    file[16..20].copy_from_slice(&side.to_be_bytes());
    file[20..24].copy_from_slice(&side.to_be_bytes());
    (file[24], file[25]) = (16, 6);
    let crc = crc32(&file[12..29]).to_be_bytes();
    file[29..33].copy_from_slice(&crc);
    file
}

/// The checksum of PNG (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 & (0_u32.wrapping_sub(crc & 1)))
        })
    })
}
