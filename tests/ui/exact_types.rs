use trodden::vault::journeys::Store;

fn main() {}
