#![no_main]

libfuzzer_sys::fuzz_target!(init: trodden::fuzzing::panics_may_be_caught(), |data: &[u8]| {
    trodden::fuzzing::run("tables", data);
});
