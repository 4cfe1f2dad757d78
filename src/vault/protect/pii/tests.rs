//! Every kind is found, in its usual spellings, and the labels of real logs pass.

use proptest::prelude::*;

use super::{detect, looks_personal, mask};
use crate::views::PiiKind;

#[test]
fn personal_data_is_found_and_named() {
    use PiiKind::{Card, Email, Iban, IpAddress, Number, Phone, QueryParameter, Token, Uuid};
    let cases = [
        ("/account/jane.doe@example.com/orders", Email),
        ("search?q=jane.doe@example.com", Email),
        ("search?q=jane.doe%40example.com", Email),
        ("ｊａｎｅ＠ｅｘａｍｐｌｅ.org signed up", Email),
        ("jürgen@müller.example", Email),
        ("jane%2540doe.example", Email),
        ("jane%252540doe.example/x", Email),
        ("jane%EF%BC%A0doe.example", Email),
        ("jane&#64;doe.example", Email),
        ("jane&#x40;doe&period;example", Email),
        ("jane&commat;doe.example", Email),
        ("jane\u{fe6b}doe\u{3002}example", Email),
        ("\u{1d4f3}\u{1d4ea}\u{1d4f7}@doe.example", Email),
        ("call +\u{1d7d2}\u{1d7d7} \u{1d7d1}\u{1d7ce} 1234567", Phone),
        ("paid with \u{2463}\u{2460}\u{2460}\u{2460}111111111111", Card),
        ("user \u{2074}\u{2077}\u{b9}\u{b9}", Number),
        ("jane\u{200b}@\u{200b}example.com", Email),
        ("mail to jane (at) example.com", Email),
        ("jane [at] example.com", Email),
        ("call +49 30 1234567", Phone),
        ("support/call/+49 30 23125000", Phone),
        ("dial %2B49301234567", Phone),
        ("call (030) 123-4567", Phone),
        ("(555) 010-0123", Phone),
        ("555-010-0123 called", Phone),
        ("fax 030/1234567", Phone),
        ("mobile 01701234567", Phone),
        ("+1 (555) 010 0123", Phone),
        ("call +٤٩ ٣٠ ١٢٣٤٥٦٧", Phone),
        ("paid with 4111111111111111", Card),
        ("card 4111 1111 1111 1111 12/27", Card),
        ("5500-0055-5555-5559", Card),
        ("from DE89370400440532013000", Iban),
        ("GB82 WEST 1234 5698 7654 32 saved", Iban),
        ("fr1420041010050500013m02606", Iban),
        ("login from 192.0.2.17", IpAddress),
        ("192.0.2.17:8080 refused", IpAddress),
        ("2001:db8::1 seen", IpAddress),
        ("session 123e4567-e89b-12d3-a456-426614174000", Uuid),
        ("/reset?token=9f8e7d6c5b4a", Token),
        ("auth eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.c2ln", Token),
        ("file 5d41402abc4b2a76b9719d911017c592", Token),
        ("open Zm9vYmFyMTIz/NDU2Nzg5YWJj+ZGVm", Token),
        ("user u3f9a12bc", Token),
        ("sid: 1234", Token),
        ("/search?q=shoes", QueryParameter),
        ("/list?page=2&x=", QueryParameter),
        ("?x=", QueryParameter),
        ("/user/4711/edit", Number),
        ("/user/7", Number),
        ("/order/481516", Number),
        ("/users/12/orders", Number),
        ("item #4711", Number),
        ("Order 4711 shipped", Number),
        ("user_0042", Number),
        ("customer0042", Number),
        ("visit 20240131", Number),
    ];
    for (label, kind) in cases {
        assert_eq!(detect(label), Some(kind), "{label}");
    }
}

#[test]
fn what_somebody_wrote_is_looked_at_as_label_and_as_pattern() {
    let personal = [
        "jane.doe@example.com",
        r"^jane\.doe@example\.com$",
        "*jane.doe*@example.com",
        "(jane)[.]doe[@]example[.]com",
        r"call \+49 30 1234567",
        "/user/4711/*",
        "Jane Doe",
        "call with Jane*Doe, or Peter Miller",
        r"\bIBAN DE89 3704 0044 0532 0130 00",
    ];
    for text in personal {
        assert!(looks_personal(text), "{text}");
    }
    let harmless = [
        "/product/*",
        r"^/product/[0-9]+$",
        r"/user/\d{3,}/edit",
        "add_to_cart*",
        "*",
        "",
        "Checkout 2",
        // Shapes of what was found: nothing of it is left in them.
        "Aaaa.Aaa@aaaaaaa.aaa",
        "aaaa +00 00 0000000",
    ];
    for text in harmless {
        assert!(!looks_personal(text), "{text}");
    }
}

#[test]
fn what_events_are_called_in_real_logs_passes() {
    let labels = [
        // BPI Challenge 2012
        "A_SUBMITTED A_PARTLYSUBMITTED A_PREACCEPTED A_ACCEPTED A_FINALIZED A_CANCELLED \
         A_DECLINED A_APPROVED A_REGISTERED A_ACTIVATED O_SELECTED O_CREATED O_SENT O_SENT_BACK \
         O_CANCELLED O_ACCEPTED O_DECLINED",
        // Shops
        "home catalog product_view add_to_cart checkout_2 payment_details promo_page GA4 \
         sign_up_v2 step1 b2b h264 mp3 iso8601 utf8 web3 screen_view first_open purchase_error \
         addToCartButtonClickedV2 com.example.app/MainActivity std::vector AB_test_B_2024",
    ];
    let phrases = [
        "W_Completeren aanvraag",
        "W_Nabellen incomplete dossiers",
        "Leucocytes",
        "CRP",
        "Release A",
        "IV Antibiotics",
        "ER Sepsis Triage",
        "Insert Date Appeal to Prefecture",
        "Send for Credit Collection",
        "check ticket",
        "register request",
        "Step 3",
        "v2.1 release",
        "v2.1.0 beta",
        "page 404",
        "HTTP 500",
        "Form 1040",
        "Q&A",
        "What now?",
        "a = b",
        "10 % off",
        "meet @ noon",
        "user 12",
        "order 66",
        "C++ 17",
        "09:30-10:45 slot",
        "2024-01-31",
        "12.5 kg",
        "Room (2)",
        "/products/shoes/2",
        "ISO 27001",
        "Prüfung 3 – Ärztin",
        "下单 2",
        "",
    ];
    for label in labels.iter().flat_map(|line| line.split_whitespace()).chain(phrases) {
        assert_eq!(detect(label), None, "{label}");
    }
}

/// The names of events in every log at hand, from the counts published beside them.
#[test]
fn every_label_of_the_reference_logs_passes() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/datasets/reference");
    let Ok(files) = std::fs::read_dir(folder) else {
        println!("did not run: the reference logs are not here");
        return;
    };
    let mut labels = 0;
    for file in files.filter_map(Result::ok) {
        let text = std::fs::read_to_string(file.path()).expect("it reads");
        // The files write a missing figure as NaN, which JSON has not.
        let text = text.replace(": NaN", ": null");
        let log: serde_json::Value = serde_json::from_str(&text).expect("it is JSON");
        for activity in log["activities"].as_array().expect("a list of activities") {
            let label = activity["activity"].as_str().expect("a name");
            assert_eq!(detect(label), None, "{label}");
            labels += 1;
        }
    }
    assert!(labels > 50, "only {labels} labels were there to look at");
}

#[test]
fn every_label_of_the_file_with_personal_data_is_caught() {
    let path =
        concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/datasets/ugly/pii_in_event_names.csv");
    let Ok(text) = std::fs::read_to_string(path) else {
        println!("did not run: the file with personal data is not here");
        return;
    };
    let labels: Vec<&str> = text.lines().skip(1).filter_map(|row| row.split(',').nth(1)).collect();
    assert_eq!(labels.len(), 6);
    for label in labels {
        assert!(detect(label).is_some(), "{label}");
    }
}

#[test]
fn a_mask_keeps_the_shape_and_no_letter_or_digit() {
    let cases = [
        ("/user/4711/edit", "/aaaa/0000/aaaa"),
        ("Jane.Doe@example.com", "Aaaa.Aaa@aaaaaaa.aaa"),
        ("call +49 30 1234567", "aaaa +00 00 0000000"),
        ("Ärztin Żółć", "Aaaaaa Aaaa"),
        ("下单 ٣٤", "aa 00"),
        ("", ""),
    ];
    for (label, shape) in cases {
        assert_eq!(mask(label), shape);
    }
}

#[test]
fn a_label_made_to_be_slow_is_looked_at_in_no_time() {
    let start = std::time::Instant::now();
    for piece in ["0 ", "+1", "(12) ", "a@", "?a&", "1", "a1", "DE12 ", "1.", "1:", "%40"] {
        let _ = detect(&piece.repeat(50_000));
    }
    assert!(start.elapsed().as_secs() < 60, "the work must not grow with the square of the label");
}

proptest! {
    #[test]
    fn nothing_panics(label in "\\PC{0,60}", noise in "[0-9a-fA-F@+()./:%?&= -]{0,60}") {
        let _ = (detect(&label), detect(&noise), mask(&label));
    }

    #[test]
    fn an_address_is_found_wherever_it_stands(
        before in "[a-z /_-]{0,12}",
        local in "[a-z][a-z0-9.]{0,8}[a-z]",
        host in "[a-z]{2,10}\\.[a-z]{2,4}",
        after in "([ /?,;][a-z /]{0,12})?",
    ) {
        let label = format!("{before}{local}@{host}{after}");
        prop_assert_eq!(detect(&label), Some(PiiKind::Email));
    }

    #[test]
    fn words_alone_are_never_personal(label in "[A-Z]?[a-z]{1,9}([ _./-][A-Z]?[a-z]{1,9}){0,5}") {
        prop_assert_eq!(detect(&label), None);
    }

    #[test]
    fn a_mask_gives_nothing_back(label in "[a-zA-Z0-9@./ -]{0,40}") {
        let shape = mask(&label);
        prop_assert_eq!(shape.chars().count(), label.chars().count());
        prop_assert!(shape.chars().all(|c| !c.is_ascii_alphanumeric() || "aA0".contains(c)));
    }
}
