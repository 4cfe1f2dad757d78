fn main() {
    let _ = trodden::views::Disclosed::after_control(680);
}
