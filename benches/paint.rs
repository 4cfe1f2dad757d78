//! What a frame costs while a large map is moved: 300 nodes and 2 100 paths on a screen of 1920 × 1080,
//! from the scene to triangles, without a GPU. The gate is 8 ms of CPU; 7.9 ms were measured on two
//! busy cores with all of it in sight, 3 ms at its size. Also what it takes to lay the map out.
//! Run with `cargo bench --bench paint`.

use std::fmt::Write;
use std::sync::OnceLock;

use divan::{Bencher, black_box};
use egui::emath::TSTransform;
use egui::{Context, FontDefinitions, RawInput, Rect, pos2, vec2};
use trodden::board::{
    Board, BoardId, Card, CardId, Effort, Evidence, Lane, LaneId, LaneKind, Measure, Persona,
    PersonaId, Point, Quantity, Stage, StageId, State,
};
use trodden::draw::{
    BoardLook, BoardPicture, MapLayout, MapPicture, Scene, TargetKind, board_scene, fonts,
    map_scene, paint,
};
use trodden::vault::Vault;
use trodden::views::{Ask, Disclosed, ImportPlan, MapSpec, Policy, Progress, Rules, Spec, View};

fn main() {
    divan::main();
}

const LABELS: usize = 300;
/// From every label this many others follow.
const NEXT: usize = 7;
const PEOPLE: usize = 20_000;
const STEPS: usize = 12;
const SCREEN: [f32; 2] = [1920.0, 1080.0];

/// Walks over a graph in which most paths lead on and some lead back.
fn view() -> &'static Disclosed<View> {
    static VIEW: OnceLock<Disclosed<View>> = OnceLock::new();
    VIEW.get_or_init(|| {
        let letter = |at: usize| char::from(b'a' + (at % 26) as u8);
        let label = |at: usize| format!("step {}{}", letter(at / 26), letter(at));
        let mut state = 7_u64;
        let mut dice = move |sides: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 33) as usize % sides
        };
        let next: Vec<[usize; NEXT]> = (0..LABELS)
            .map(|at| [3, 8, 14, 27, 45, LABELS - 5, LABELS - 21].map(|hop| (at + hop) % LABELS))
            .collect();
        let mut events = "user_id,event,timestamp\n".to_owned();
        for person in 0..PEOPLE {
            let mut here = dice(LABELS);
            for step in 0..STEPS {
                let at = label(here);
                let _ = writeln!(events, "u{person},{at},2026-03-02 10:{step:02}:00");
                here = next[here][dice(NEXT)];
            }
        }
        let path = std::env::temp_dir().join("trodden-bench-map.csv");
        std::fs::write(&path, events).expect("a temporary file");
        let plan = ImportPlan { files: vec![path.clone()], ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("a file of events");
        std::fs::remove_file(path).expect("removed");
        let ask = Ask::Map(MapSpec::default());
        let spec = Spec { name: "map".to_owned(), ask, ..Spec::default() };
        let policy = Policy::new(5, None).expect("listed");
        let views = vault.disclose(&[spec], &Rules::default(), policy, &Progress::default());
        views.expect("enough people").remove(0).view
    })
}

fn scene() -> &'static Scene {
    static SCENE: OnceLock<Scene> = OnceLock::new();
    SCENE.get_or_init(|| {
        let scene = map_scene(view(), &MapPicture::default());
        let count = |kind| scene.targets.iter().filter(|target| target.kind == kind).count();
        assert!(count(TargetKind::Node) >= LABELS, "{} nodes", count(TargetKind::Node));
        assert!(count(TargetKind::Edge) >= 2_000, "{} paths", count(TargetKind::Edge));
        scene
    })
}

/// Twelve stages, twelve lanes of all kinds, four hundred cards with all that can be on one.
fn board() -> Board {
    const CARDS: u32 = 400;
    let stages: Vec<Stage> = (1..=12)
        .map(|at| Stage { id: StageId(at), name: format!("Stage {at}"), note: "a note".to_owned() })
        .collect();
    let lanes: Vec<Lane> = (0..12)
        .map(|at| {
            let kind = LaneKind::ALL[at as usize % LaneKind::ALL.len()];
            Lane { id: LaneId(20 + at), name: kind.name().to_owned(), kind }
        })
        .collect();
    let with_cards: Vec<&Lane> =
        lanes.iter().filter(|lane| lane.kind != LaneKind::Feeling).collect();
    let cards = (0..CARDS).map(|at| {
        let lane = with_cards[at as usize % with_cards.len()].id;
        let stage = stages[at as usize / with_cards.len() % stages.len()].id;
        let measure = Measure { view: "map".to_owned(), quantity: Quantity::Everybody };
        Card {
            text: format!("Card {at}: what somebody does, says or wants here, in a line or two"),
            note: "known from an interview".to_owned(),
            evidence: if at % 3 == 0 { Evidence::Assumed } else { Evidence::Measured(measure) },
            severity: Some(1 + (at % 5) as u8),
            frequency: Some(1 + (at % 4) as u8),
            owner: "A team".to_owned(),
            effort: Some(Effort::ALL[at as usize % 3]),
            ..Card::new(CardId(100 + at), stage, lane)
        }
    });
    let curve = |shift: u32| {
        let point = |at: u32| Point {
            at: at * 500 + 100 + shift,
            feeling: ((at * 7 + shift) % 41) as i8 - 20,
            note: String::new(),
        };
        (0..23).map(point).collect()
    };
    let persona = |at: u32| Persona {
        id: PersonaId(40 + at),
        name: format!("Persona {at}"),
        curve: curve(at * 40),
    };
    Board {
        id: BoardId(1),
        name: "A large board".to_owned(),
        state: State::AsIs,
        cards: cards.collect(),
        stages,
        lanes,
        personas: (0..4).map(persona).collect(),
        voting: None,
    }
}

fn board_picture() -> &'static BoardPicture {
    static PICTURE: OnceLock<BoardPicture> = OnceLock::new();
    PICTURE.get_or_init(|| {
        let picture = board_scene(&board(), &[view().view()], BoardLook::default());
        assert_eq!(picture.cards.len(), 400);
        picture
    })
}

/// What an edit costs: the whole board is laid out again.
#[divan::bench]
fn board_layout(bencher: Bencher) {
    let (board, view) = (board(), view().view());
    bencher.bench(|| black_box(board_scene(black_box(&board), &[view], BoardLook::default())));
}

/// A board that is moved: all of it on the screen, its size, twice its size.
#[divan::bench(args = [0.0, 1.0, 2.0])]
fn board_frame(bencher: Bencher, scale: f32) {
    moved(bencher, &board_picture().scene, scale);
}

/// How many points of the screen a point of the scene is: the whole map on the screen, half its size,
/// its size, twice its size.
#[divan::bench(args = [0.0, 0.5, 1.0, 2.0])]
fn frame(bencher: Bencher, scale: f32) {
    moved(bencher, scene(), scale);
}

fn moved(bencher: Bencher, scene: &Scene, scale: f32) {
    let whole = (SCREEN[0] / scene.width).min(SCREEN[1] / scene.height);
    let scale = if scale > 0.0 { scale } else { whole };
    let context = Context::default();
    let mut definitions = FontDefinitions::default();
    fonts::add_to(&mut definitions);
    context.set_fonts(definitions);
    let screen = Rect::from_min_size(pos2(0.0, 0.0), vec2(SCREEN[0], SCREEN[1]));
    let middle = vec2(SCREEN[0] - scene.width * scale, SCREEN[1] - scene.height * scale) / 2.0;
    let mut moved = 0.0_f32;
    bencher.bench_local(|| {
        // Three points a frame, to and fro.
        moved = (moved + 3.0) % 120.0;
        let to_screen = TSTransform::new(middle + vec2(moved, moved / 2.0), scale);
        let input = RawInput { screen_rect: Some(screen), ..RawInput::default() };
        let output = context.run_ui(input, |ui| paint::paint(scene, ui.painter(), to_screen));
        black_box(context.tessellate(output.shapes, output.pixels_per_point));
    });
}

#[divan::bench]
fn layout(bencher: Bencher) {
    let view = view();
    bencher.bench(|| black_box(MapLayout::new(black_box(view))));
}

/// A slider that moves: the layout is there, the rest is drawn again.
#[divan::bench(args = [20, 60, 100])]
fn sliders(bencher: Bencher, paths: u8) {
    let view = view();
    let layout = MapLayout::new(view).expect("a map");
    let picture = MapPicture { paths, ..MapPicture::default() };
    bencher.bench(|| black_box(layout.scene(view, &picture)));
}
