//! The import of a folder of messages with the built program: how many a second, and whether more of them take more memory.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use stageplate::domain::identity::Vin;

use crate::site::{self, Site};
use crate::table::{Of, Table, amount, bytes};

/// The sample messages, each of another manufacturer and of another size.
const SAMPLES: [&str; 3] = [
    include_str!("../../sample-data/base/van-n1.xml"),
    include_str!("../../sample-data/base/chassis-cab-n2.xml"),
    include_str!("../../sample-data/base/camper-base-n1.xml"),
];
/// Messages of the folder that is imported first.
const FEW: usize = 1_000;
/// Messages of the folder that is imported after it.
const MANY: usize = 4_000;
/// How often the program's memory is looked at.
const LOOK: Duration = Duration::from_millis(5);

/// What an import took.
struct Took {
    time: Duration,
    /// The most memory that was resident, in bytes, where the kernel tells.
    memory: Option<u64>,
}

/// A folder of few messages, then one of many, into a desk that had none.
pub fn both(table: &mut Table) {
    let site = Site::new(0);
    let few = import(&site, "few", 0, FEW);
    let many = import(&site, "many", FEW, MANY);
    let rate = MANY as f64 / many.time.as_secs_f64();
    let told = format!("{rate:.0} a second, {:.2}x the budget", rate / Of::IMPORTS_A_SECOND);
    table.put(Of::Import, rate, told);
    if let (Some(few), Some(many)) = (few.memory, many.memory) {
        let ratio = many as f64 / few as f64;
        let (few, many) = (bytes(few as f64), bytes(many as f64));
        let told = format!("{ratio:.2}x: {few} for {}, {many} for {}", amount(FEW), amount(MANY));
        table.put(Of::ImportMemory, ratio, told);
    }
}

/// Imports so many messages, numbered from one on, from a folder of their own.
fn import(site: &Site, name: &str, from: usize, count: usize) -> Took {
    let folder = site.home().join(name);
    std::fs::create_dir(&folder).expect("a folder");
    for number in from..from + count {
        let vin = Vin::parse(&format!("ZZACE38E1TL{number:06}")).expect("a VIN");
        let message = site::message(SAMPLES[number % SAMPLES.len()], &vin);
        std::fs::write(folder.join(format!("{vin}.xml")), message).expect("a file");
    }
    let begun = Instant::now();
    let mut program = Command::new(env!("CARGO_BIN_EXE_stageplate"))
        .args(["--db".as_ref(), site.path().as_os_str()])
        .args(["--as", site.preparer.login.as_str(), "import"])
        .arg(&folder)
        .env_clear()
        .env("HOME", site.home())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .expect("the program starts");
    let mut memory = None;
    let status = loop {
        memory = memory.max(most_memory(program.id()));
        if let Some(status) = program.try_wait().expect("a child") {
            break status;
        }
        std::thread::sleep(LOOK);
    };
    let time = begun.elapsed();
    assert!(status.success(), "every message is taken");
    Took { time, memory }
}

/// The most memory that a process had resident so far, in bytes.
fn most_memory(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}
