//! The shop: its pages, how people move between them, when they come, and who they are.
//!
//! Weights are out of a thousand; what a row leaves out is the share that goes away.

/// A page or action of the shop. The numbers index [`NAMES`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Page {
    Home,
    Catalog,
    Search,
    Filter,
    Product,
    Compare,
    Wishlist,
    Promo,
    AddToCart,
    Cart,
    Shipping,
    Payment,
    PaymentError,
    Purchase,
    Account,
    Review,
    Support,
    Error,
    GiftCard,
    Ping,
}

/// The label of each page, in the order of [`Page`].
pub(super) const NAMES: [&str; 20] = [
    "home",
    "catalog",
    "search",
    "filter_results",
    "product_view",
    "compare",
    "wishlist_add",
    "promo_page",
    "add_to_cart",
    "cart",
    "shipping_details",
    "payment_details",
    "payment_error",
    "purchase",
    "account_page",
    "review_page",
    "support_chat",
    "error_page",
    "gift_card",
    "app_ping",
];

pub(super) type Row = &'static [(Page, u16)];

use Page::{
    Account, AddToCart, Cart, Catalog, Compare, Error, Filter, GiftCard, Home, Payment,
    PaymentError, Ping, Product, Promo, Purchase, Review, Search, Shipping, Support, Wishlist,
};

/// Where a first visit begins.
pub(super) const FIRST_ENTRY: Row = &[
    (Home, 330),
    (Catalog, 250),
    (Search, 195),
    (Product, 135),
    (Filter, 25),
    (Promo, 45),
    (Account, 8),
    (Error, 7),
    (GiftCard, 5),
];

/// Where a later visit begins: people know their way.
pub(super) const LATER_ENTRY: Row = &[
    (Home, 260),
    (Catalog, 170),
    (Search, 230),
    (Product, 170),
    (Account, 70),
    (Cart, 60),
    (Promo, 25),
    (Wishlist, 10),
    (Support, 5),
];

/// Where a visit begins while the spring sale lasts.
pub(super) const SALE_ENTRY: Row =
    &[(Promo, 380), (Home, 230), (Catalog, 150), (Search, 110), (Product, 120), (Cart, 10)];

/// Where people go next. The great loop is catalog ↔ product; the funnel hangs below it.
pub(super) fn next(page: Page) -> Row {
    match page {
        Home => &[
            (Catalog, 330),
            (Search, 270),
            (Promo, 60),
            (Product, 100),
            (Account, 60),
            (Home, 40),
            (Error, 8),
            (GiftCard, 4),
        ],
        Catalog => &[
            (Product, 470),
            (Filter, 190),
            (Search, 80),
            (Catalog, 60),
            (Home, 40),
            (Promo, 20),
            (Error, 8),
        ],
        Search => &[
            (Product, 430),
            (Filter, 170),
            (Search, 130),
            (Catalog, 90),
            (Home, 30),
            (Error, 12),
            (Support, 3),
        ],
        Filter => &[
            (Product, 500),
            (Filter, 130),
            (Catalog, 160),
            (Search, 70),
            (Compare, 20),
            (Error, 5),
        ],
        Product => &[
            (Catalog, 270),
            (Product, 100),
            (AddToCart, 170),
            (Search, 110),
            (Wishlist, 70),
            (Compare, 30),
            (Review, 40),
            (Home, 40),
            (Support, 6),
            (Error, 6),
        ],
        Compare => &[(Product, 560), (AddToCart, 120), (Catalog, 140), (Compare, 60)],
        Wishlist => &[(Product, 320), (Catalog, 280), (Account, 70), (AddToCart, 90), (Home, 60)],
        Promo => &[(Product, 420), (Catalog, 240), (AddToCart, 60), (Home, 60), (Search, 50)],
        AddToCart => &[(Cart, 520), (Product, 150), (Catalog, 170), (Search, 40), (Wishlist, 10)],
        Cart => &[(Shipping, 520), (Product, 90), (Catalog, 100), (Cart, 30), (GiftCard, 6)],
        Shipping => &[(Payment, 700), (Cart, 90), (Shipping, 30), (Support, 12), (Home, 10)],
        Payment => &[(Purchase, 660), (PaymentError, 70), (Shipping, 50), (Cart, 40), (Error, 10)],
        PaymentError => &[(Payment, 480), (Support, 140), (PaymentError, 60), (Cart, 40)],
        Purchase => &[(Account, 120), (Home, 90), (Review, 60), (Catalog, 70), (Support, 8)],
        Account => &[(Home, 170), (Catalog, 160), (Account, 110), (Wishlist, 50), (Support, 40)],
        Review => &[(Product, 430), (AddToCart, 110), (Catalog, 130), (Review, 60)],
        Support => &[(Support, 150), (Home, 110), (Account, 120), (Payment, 60), (Catalog, 60)],
        Error => &[(Home, 280), (Catalog, 130), (Error, 90), (Search, 80), (Support, 40)],
        GiftCard => &[(AddToCart, 310), (GiftCard, 100), (Home, 180), (Cart, 100)],
        Ping => &[],
    }
}

/// A payment page on Android while one version of the app was broken.
pub(super) const BROKEN_PAYMENT: Row =
    &[(Purchase, 310), (PaymentError, 420), (Shipping, 40), (Cart, 40)];

/// Days after the first when the broken version was out: two weeks of April.
pub(super) const BROKEN_DAYS: std::ops::RangeInclusive<u32> = 95..=108;

/// About how long people stay on a page, in milliseconds.
pub(super) fn stay_millis(page: Page) -> u64 {
    match page {
        Home | Promo | Filter | AddToCart | Cart => 14_000,
        Catalog | Search | Wishlist | Account => 24_000,
        Product | Compare | GiftCard => 42_000,
        Shipping | Payment | Review => 65_000,
        Support => 180_000,
        PaymentError | Error | Purchase => 19_000,
        Ping => 1_000,
    }
}

/// The exponential distribution in whole numbers: its quantiles at 1/32, 3/32, … 31/32, times 256.
pub(super) const STAY_SPREAD: [u64; 16] =
    [8, 25, 43, 63, 85, 108, 134, 162, 194, 231, 274, 325, 389, 474, 605, 887];

/// Midnight of the first day, 1 January 2026, in milliseconds since 1970 UTC. It is a Thursday.
pub(super) const FIRST_DAY_MILLIS: i64 = 1_767_225_600_000;

/// January to June.
pub(super) const DAYS: u32 = 181;

/// 20 to 29 March.
pub(super) const SALE_DAYS: std::ops::RangeInclusive<u32> = 78..=87;

/// How busy a day is: a slow growth, busy weekends, and the sale with its rush at both ends.
pub(super) fn day_weight(day: u32) -> u32 {
    let weekday = (day + 3) % 7; // Monday is 0
    let mut weight = 400 + day / 2;
    if weekday >= 5 {
        weight = weight * 14 / 10;
    }
    if SALE_DAYS.contains(&day) {
        let rush = day - SALE_DAYS.start() < 2 || SALE_DAYS.end() - day < 2;
        weight = weight * if rush { 30 } else { 22 } / 10;
    }
    weight
}

/// How busy each hour from 06:00 on is, out of a thousand. Nobody begins a visit at night, so
/// that visits of one person never overlap.
pub(super) const HOUR_WEIGHTS: [u16; 18] =
    [15, 30, 45, 50, 52, 55, 65, 60, 50, 45, 48, 60, 75, 90, 100, 85, 50, 25];

pub(super) const FIRST_HOUR: u32 = 6;

pub(super) const PLATFORMS: [&str; 3] = ["web", "ios", "android"];
pub(super) const PLATFORM_WEIGHTS: [u16; 3] = [560, 200, 240];
pub(super) const ANDROID: u8 = 2;

pub(super) const CHANNELS: [&str; 5] = ["organic", "direct", "email", "ads", "social"];
pub(super) const CHANNEL_WEIGHTS: [u16; 5] = [340, 270, 150, 140, 100];
pub(super) const SALE_CHANNEL_WEIGHTS: [u16; 5] = [180, 160, 370, 200, 90];

pub(super) const CONSENTS: [&str; 3] = ["granted", "denied", "unknown"];
pub(super) const CONSENT_WEIGHTS: [u16; 3] = [780, 140, 80];

/// Out of a thousand people who come once, how many come again; and again after that.
pub(super) const LOYALTY: [u16; 3] = [360, 745, 907];
pub(super) const LOYALTY_WEIGHTS: [u16; 3] = [520, 330, 150];

/// Searches that hold somebody's address, as happens where people type into the wrong field.
const SEARCHED_FOR: [&str; 18] = [
    "jane.doe",
    "john.roe",
    "a.muster",
    "b.beispiel",
    "m.rossi",
    "c.martin",
    "l.svensson",
    "o.novak",
    "p.garcia",
    "r.jansen",
    "s.kowalska",
    "t.virtanen",
    "u.hansen",
    "v.popescu",
    "w.brown",
    "x.lee",
    "y.tanaka",
    "z.ahmed",
];
const DOMAINS: [&str; 2] = ["example.com", "example.org"];
const ORDERS: u32 = 300;
const CALLERS: u32 = 20;

/// A family of labels that hold something personal, as a range of label codes.
pub(super) struct Family {
    pub(super) first: u16,
    pub(super) count: u16,
}

/// Every label that can occur; the first ones are those of [`NAMES`].
pub(super) struct Labels {
    pub(super) text: Vec<String>,
    pub(super) searches: Family,
    pub(super) orders: Family,
    pub(super) calls: Family,
}

impl Labels {
    pub(super) fn new() -> Self {
        let mut text: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
        let mut family = |labels: &mut dyn Iterator<Item = String>| {
            let first = text.len() as u16;
            text.extend(labels);
            Family { first, count: text.len() as u16 - first }
        };
        let searches = family(&mut SEARCHED_FOR.iter().flat_map(|name| {
            DOMAINS.iter().map(move |domain| format!("search?q={name}@{domain}"))
        }));
        // Steps of a prime, so that numbers look like those of a shop and none comes twice.
        let orders = family(&mut (0..ORDERS).map(|n| format!("/order/{}", 481_516 + n * 23)));
        let calls = family(&mut (0..CALLERS).map(|n| format!("support/call/+49 30 23125{n:03}")));
        Self { text, searches, orders, calls }
    }
}
