//! What a frame costs while a large picture is moved on a screen of 1920 × 1080, to triangles, without
//! a GPU: a map of 300 nodes and 2 100 paths, a board of 12 stages, 12 lanes and 400 cards. First the
//! picture alone, then the whole window around it with everything that can be clicked, and its tree for
//! screen readers. The gate is 8 ms of CPU. Also what it takes to lay them out.
//! Run with `cargo bench --bench paint`.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use divan::{Bencher, black_box};
use egui::emath::TSTransform;
use egui::{
    Context, Event, FontDefinitions, Key, Modifiers, MouseWheelSource, MouseWheelUnit, RawInput,
    Rect, TouchPhase, Vec2, pos2, vec2,
};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
use trodden::app::{App, Start};
use trodden::board::{
    Board, BoardId, Card, CardId, Effort, Evidence, Lane, LaneId, LaneKind, Measure, Persona,
    PersonaId, Point, Quantity, Stage, StageId, State, Workshop,
};
use trodden::draw::{
    BoardLook, BoardPicture, MapLayout, MapPicture, Scene, TargetKind, board_scene, fonts,
    map_scene, paint,
};
use trodden::keys::Passphrase;
use trodden::project::{Folders, Holder, Project, Setup};
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

/// The view that is drawn.
fn view() -> &'static Disclosed<View> {
    static VIEW: OnceLock<Disclosed<View>> = OnceLock::new();
    VIEW.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let plan = ImportPlan { files: vec![walks(folder.path())], ..ImportPlan::default() };
        let vault = Vault::import(&plan, &Progress::default()).expect("a file of events");
        let ask = Ask::Map(MapSpec::default());
        let spec = Spec { name: "map".to_owned(), ask, ..Spec::default() };
        let policy = Policy::new(5, None).expect("listed");
        let views = vault.disclose(&[spec], &Rules::default(), policy, &Progress::default());
        views.expect("enough people").remove(0).view
    })
}

/// A file of walks over a graph in which most paths lead on and some lead back.
fn walks(folder: &Path) -> PathBuf {
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
    let path = folder.join("walks.csv");
    std::fs::write(&path, events).expect("a temporary file");
    path
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

/// The whole window with the map in it, moved by the wheel.
#[divan::bench]
fn window_map(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = window(Start::Files(vec![walks(folder.path())]), folder.path());
    until(&mut window, "the columns", |window| shows(window, "Read event as"));
    click(&mut window, "Import");
    until(&mut window, "the report", |window| shows(window, "Rows used"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num3);
    until(&mut window, "the views", |window| shows(window, "Timing"));
    window.get_by_role_and_label(egui::accesskit::Role::Tab, "Map").click();
    until(&mut window, "the map", |window| {
        window.query_by_role_and_label(egui::accesskit::Role::Canvas, "Map").is_some()
    });
    turned(bencher, &mut window);
}

/// The whole window with the board in it, moved by the wheel.
#[divan::bench]
fn window_board(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    turned(bencher, &mut window_with_board(folder.path()));
}

/// A card that is carried from stage to stage with the keys: what the window's thread does of it.
#[divan::bench]
fn window_board_edit(bencher: Bencher) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut window = window_with_board(folder.path());
    window.query_all_by_label_contains("Card 57:").next().expect("a card").focus();
    settle(&mut window);
    let mut is_right = false;
    bencher.bench_local(|| {
        is_right = !is_right;
        let key = if is_right { Key::ArrowRight } else { Key::ArrowLeft };
        window.key_press_modifiers(Modifiers::ALT, key);
        frame_of(&mut window);
    });
}

type Window = Harness<'static, App>;

fn window(start: Start, folder: &Path) -> Window {
    let folders = Folders::under(folder);
    Harness::builder()
        .with_size(SCREEN)
        .with_step_dt(1.0 / 60.0)
        .build_eframe(move |cc| App::new(cc, start, folders))
}

fn window_with_board(folder: &Path) -> Window {
    let words = "a passphrase of a bench";
    let written = serde_json::json!({ "last_id": 1_000, "boards": [board()], "slides": [] });
    let workshop: Workshop = serde_json::from_value(written).expect("a whole board");
    let setup = Setup { workshop: Arc::new(workshop), ..Setup::default() };
    let project = Project::new(setup, jiff::Timestamp::UNIX_EPOCH).expect("random bytes");
    let path = folder.join("board.trodden");
    let passphrase = Passphrase::new(words).expect("a passphrase");
    drop(Holder::create(&path, passphrase, &project).expect("a project"));
    let mut window = window(Start::Welcome, folder);
    settle(&mut window);
    click(&mut window, "Open a project");
    for (field, words) in
        [("Path of the project", path.to_str().expect("text")), ("The passphrase", words)]
    {
        window.get_by_label(field).focus();
        window.step();
        window.key_press_modifiers(Modifiers::COMMAND, Key::A);
        window.step();
        window.get_by_label(field).type_text(words);
        settle(&mut window);
    }
    click(&mut window, "Open");
    until(&mut window, "the project", |window| !shows(window, "The passphrase"));
    window.key_press_modifiers(Modifiers::COMMAND, Key::Num4);
    until(&mut window, "the board", |window| shows(window, "Card 57:"));
    window
}

fn turned(bencher: Bencher, window: &mut Window) {
    window.event(Event::PointerMoved(pos2(SCREEN[0] / 2.0, SCREEN[1] / 2.0)));
    settle(window);
    let mut turns = 0_u32;
    bencher.bench_local(|| {
        turns += 1;
        let there = if (turns / 20).is_multiple_of(2) { -3.0 } else { 3.0 };
        window.event(Event::MouseWheel {
            unit: MouseWheelUnit::Point,
            delta: Vec2::splat(there),
            phase: TouchPhase::Move,
            source: MouseWheelSource::Unknown,
            modifiers: Modifiers::NONE,
        });
        frame_of(window);
    });
}

/// One frame, and its triangles.
fn frame_of(window: &mut Window) {
    window.step();
    let shapes = window.output().shapes.clone();
    black_box(window.ctx.tessellate(shapes, 1.0));
}

fn shows(window: &Window, words: &str) -> bool {
    window.query_all_by_label_contains(words).next().is_some()
}

fn click(window: &mut Window, name: &str) {
    window.get_by_label(name).click();
    settle(window);
}

/// Steps until nothing is under way.
fn settle(window: &mut Window) {
    let mut quiet = 0;
    while quiet < 8 {
        window.step();
        quiet = if window.state().is_idle() { quiet + 1 } else { 0 };
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn until(window: &mut Window, what: &str, done: impl Fn(&Window) -> bool) {
    for _ in 0..10_000 {
        window.step();
        if done(window) {
            return settle(window);
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("waited in vain: {what}");
}
