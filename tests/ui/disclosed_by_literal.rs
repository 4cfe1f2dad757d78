fn main() {
    let _ = trodden::views::Disclosed { view: 680 };
}
