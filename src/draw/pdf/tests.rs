use std::process::Command;

use super::PdfError;
use crate::draw::testing::{self, seal};
use crate::draw::tokens::Theme;
use crate::draw::{Scene, view_scene};
use crate::views::{PublishedCohort, Unit, View};

fn map() -> Scene {
    let map = testing::map(Unit::People, true, &PublishedCohort::default());
    view_scene(&seal(map), Theme::Light)
}

#[test]
fn every_kind_of_view_is_one_page_with_the_same_bytes_each_time() {
    for view in testing::every_kind() {
        let scene = view_scene(&seal(view), Theme::Dark);
        let pdf = scene.to_pdf().unwrap();
        assert!(pdf.starts_with(b"%PDF-1."));
        assert_eq!(pdf, scene.to_pdf().unwrap());
        let text = String::from_utf8_lossy(&pdf);
        assert!(text.trim_end().ends_with("%%EOF"));
        assert_eq!(text.matches("/Type /Page\n").count() + text.matches("/Type/Page/").count(), 1);
        for word in ["CreationDate", "ModDate", "Producer", "Creator", "Author", "xpacket"] {
            assert!(!text.contains(word), "{word}");
        }
    }
}

#[test]
fn the_words_of_a_picture_can_be_selected() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("map.pdf");
    let names = testing::every_kind().into_iter().filter(|view| matches!(view, View::Map(_)));
    assert!(names.count() > 0);
    std::fs::write(&path, map().to_pdf().unwrap()).unwrap();
    let Ok(said) = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output() else {
        eprintln!("pdftotext is not here; the words of the PDF were not read");
        return;
    };
    assert!(said.status.success());
    let said = String::from_utf8(said.stdout).unwrap();
    for word in ["Home", "Search", "Buy", "Other", "105", "70", "begin here"] {
        assert!(said.contains(word), "{word} in {said}");
    }
}

#[test]
fn a_page_is_neither_empty_nor_larger_than_readers_show() {
    for (width, height) in [(0.0, 10.0), (f32::NAN, 10.0), (10.0, 20_000.0)] {
        let scene = Scene { width, height, ..map() };
        assert!(matches!(scene.to_pdf(), Err(PdfError::Size { .. })));
    }
}
