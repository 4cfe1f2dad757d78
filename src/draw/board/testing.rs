//! A board on which everything is, and the views that its cards look into.

use serde_json::{Value, json};

use crate::board::{Measure, Quantity, Workshop};
use crate::draw::testing;
use crate::views::{PublishedCohort, Unit, View};

/// Six square blocks of colour, as a PNG file.
pub(crate) fn picture() -> Vec<u8> {
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"60\" height=\"40\">\
               <rect width=\"30\" height=\"40\" fill=\"#486AD5\"/>\
               <rect x=\"30\" width=\"30\" height=\"20\" fill=\"#DD7500\"/></svg>";
    crate::draw::png::render(svg, 1.0).unwrap()
}

pub(crate) fn views() -> Vec<View> {
    let everybody = PublishedCohort::default();
    vec![
        testing::funnel(&everybody),
        testing::map(Unit::People, true, &everybody),
        testing::timing(&everybody),
        testing::paths(&everybody),
    ]
}

fn measured(view: &str, quantity: Quantity) -> Value {
    json!({"measured": Measure { view: view.to_owned(), quantity }})
}

/// A workshop with a board as it is, one as it ought to be, and slides.
pub(crate) fn workshop() -> Workshop {
    use base64::Engine as _;
    let picture = base64::engine::general_purpose::STANDARD.encode(picture());
    let names: Vec<String> = views().iter().map(|view| view.name().to_owned()).collect();
    let reached = |step| measured(&names[0], Quantity::Reached { step });
    let stages = [
        ("Arrive", "step 1"),
        ("Look around", "steps 1 – 4"),
        ("Choose", "steps 3 – 6"),
        ("Pay", "from Shipping"),
        ("Afterwards, when the parcel is under way", "after Purchase"),
    ];
    let kinds = [
        ("actions", "Actions"),
        ("touchpoints", "Touchpoints"),
        ("measured", "People"),
        ("feeling", "Feeling"),
        ("quotes", "Quotes"),
        ("pain_points", "Pain points"),
        ("opportunities", "Ideas"),
        ("backstage", "Backstage"),
    ];
    let mut last = 100;
    let mut cards = Vec::new();
    let mut card = |stage: u32, lane: u32, text: &str, more: Value| {
        last += 1;
        let mut card = json!({"id": last, "stage": 10 + stage, "lane": 20 + lane, "text": text});
        card.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        cards.push(card);
        last
    };
    let none = || json!({});
    card(0, 0, "Opens the shop from a link or search", none());
    card(0, 0, "Comes back by bookmark", none());
    card(1, 0, "Browses the catalog", none());
    card(1, 0, "Searches by name, then filters", json!({"evidence": "assumed"}));
    card(2, 0, "Compares, saves for later", none());
    card(3, 0, "Gives address and card", json!({"picture": picture}));
    card(
        4,
        0,
        "Waits for the parcel and looks at the tracking page once an hour, because nobody says when it will be there, and then is out when the bell rings and has to fetch it from a shop at the other end of town that closes at noon",
        none(),
    );
    for (stage, words) in [
        vec!["Home", "Promo"],
        vec!["Catalog", "Search", "Filter"],
        vec!["Product", "Wishlist", "Cart", "A touchpoint with a long name", "Chat"],
        vec!["Shipping", "Payment"],
    ]
    .into_iter()
    .enumerate()
    {
        for word in words {
            card(stage as u32, 1, word, none());
        }
    }
    card(
        0,
        2,
        "people",
        json!({"evidence": measured(&names[0], Quantity::Everybody), "note": "median 45 s here"}),
    );
    card(1, 2, "saw a product", json!({"evidence": reached(1)}));
    card(
        2,
        2,
        "had something in the cart",
        json!({"evidence": reached(2), "guess": {"guesses": [60, 40, 80], "revealed": true}}),
    );
    card(
        3,
        2,
        "reached Payment",
        json!({"evidence": reached(3), "guess": {"guesses": [20, 31], "revealed": false}}),
    );
    let time = Quantity::MedianTime { from: "Nowhere".into(), to: "Home".into() };
    card(4, 2, "back to the shop", json!({"evidence": measured(&names[1], time)}));
    card(1, 4, "I only wanted to see the blue one.", json!({"note": "Interview 4"}));
    card(3, 4, "“Am I charged twice now?”", json!({"note": "Support note, reworded"}));
    card(
        1,
        5,
        "Filter empties the search",
        json!({"severity": 4, "frequency": 5, "evidence": reached(1)}),
    );
    card(
        2,
        5,
        "Wishlist asks for an account",
        json!({"note": "nobody counted this yet", "severity": 3, "evidence": "assumed"}),
    );
    card(
        3,
        5,
        "Payment error without a reason",
        json!({"severity": 5, "frequency": 2, "evidence": measured(&names[0], Quantity::At { label: "Nowhere".into(), step: None })}),
    );
    card(
        4,
        5,
        "Checkout breaks on tablets",
        json!({"evidence": measured("gone", Quantity::Everybody)}),
    );
    card(
        1,
        6,
        "Keep the search when a filter is set",
        json!({"effort": "small", "owner": "Search team"}),
    );
    let first = card(
        2,
        6,
        "Save for later without an account",
        json!({"effort": "medium", "owner": "Shop team"}),
    );
    let most = card(
        3,
        6,
        "Say why a card was refused, and what next",
        json!({"effort": "small", "owner": "Payments"}),
    );
    card(
        4,
        6,
        "Ask for a review when the parcel is there",
        json!({"effort": "large", "note": "not before"}),
    );
    card(0, 7, "Ads are bought", none());
    let curve = |points: &[(u32, i8, &str)]| -> Vec<Value> {
        points
            .iter()
            .map(|(at, feeling, note)| json!({"at": at, "feeling": feeling, "note": note}))
            .collect()
    };
    let mut votes = serde_json::Map::new();
    votes.insert(first.to_string(), json!(4));
    votes.insert(most.to_string(), json!(9));
    let board = json!({
        "id": 1, "name": "Buying something, start to parcel",
        "stages": stages.iter().enumerate().map(|(at, (name, note))| json!({"id": 10 + at, "name": name, "note": note})).collect::<Vec<_>>(),
        "lanes": kinds.iter().enumerate().map(|(at, (kind, name))| json!({"id": 20 + at, "name": name, "kind": kind})).collect::<Vec<_>>(),
        "personas": [
            {"id": 30, "name": "Returning buyer", "curve": curve(&[(150, 6, ""), (650, 11, ""), (1200, 15, ""), (2200, 4, ""), (2800, 10, ""), (3600, -17, "“Card refused, no reason given”"), (4400, 9, ""), (4850, 14, "")])},
            {"id": 31, "name": "First visit, on a phone", "curve": curve(&[(150, -2, ""), (650, 4, ""), (1250, -9, ""), (1800, -12, ""), (3200, 5, ""), (3650, -5, ""), (4400, 12, ""), (4850, 8, "")])},
            {"id": 32, "name": "Gift giver", "curve": curve(&[(500, 18, ""), (2500, 19, ""), (4500, 17, "")])},
        ],
        "cards": cards,
        "voting": {"dots": 5, "voters": 3, "given": 0, "votes": votes, "revealed": true},
    });
    let to_be = json!({
        "id": 2, "name": "Buying something, as it ought to be", "state": {"to_be": {"of": 1}},
        "stages": [{"id": 51, "name": "Arrive"}, {"id": 52, "name": "Buy"}],
        "lanes": [{"id": 53, "name": "Actions", "kind": "actions"}],
        "cards": [{"id": 54, "stage": 52, "lane": 53, "text": "Pays in one step"}],
    });
    let slides = json!([
        {"id": 60, "title": "One in five has left before the fourth step", "notes": "Wait for questions", "shows": {"view": names[0]}},
        {"id": 61, "title": "What it is like", "shows": {"board": 1}},
        {"id": 62, "title": "Your turn", "shows": "title"},
    ]);
    let whole = json!({"format": 1, "boards": [board, to_be], "slides": slides, "last_id": 1000});
    Workshop::from_json(whole.to_string().as_bytes()).unwrap()
}
