//! A desk for the terminal's tests: invented people, a policy, three records, and a model that has read them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::NaiveDate;
use stageplate::app::command;
use stageplate::app::model::{Context, House, Model};
use stageplate::app::msg::{Effect, Msg, Row};
use stageplate::app::preview::{Preview, Written};
use stageplate::app::update::update;
use stageplate::config::key::Key;
use stageplate::config::keymap::{self, Keymap, Words};
use stageplate::domain::address::Address;
use stageplate::domain::approval::{Approval, ApprovalNumber, Covered, Manufacturer, Range, Signatory, Status};
use stageplate::domain::archive::{Filed, Hand, Known, Later, ReleaseId, Seal, Stated};
use stageplate::domain::certificate::{Case, Certificate};
use stageplate::domain::checks::{self, Finding, Grade};
use stageplate::domain::content::Content;
use stageplate::domain::dossier::Dossier;
use stageplate::domain::event::{Event, Facts};
use stageplate::domain::exception::{Exception, Remark, State};
use stageplate::domain::identity::{Digest, ExceptionId, Login, RecordId, Seq, Vin};
use stageplate::domain::moment::Moment;
use stageplate::domain::options::Options;
use stageplate::domain::person::{Actor, Person, Role};
use stageplate::domain::policy::{ExceptionKind, Excluded, Gate, Outcome, Policy, Step};
use stageplate::domain::queue::QueueName;
use stageplate::domain::readiness;
use stageplate::domain::receipt::{Answer, Enclosed, Receipt};
use stageplate::domain::record::{Declared, Record, Release, Stage};
use stageplate::domain::report::{Ageing, Load, Overview, Standing, WEEKS, Week, age_words, mondays};
use stageplate::domain::scope::Policies;
use stageplate::domain::summary::Summary;
use stageplate::domain::triage::{By, Group, Groups, Raised, age_bucket};
use stageplate::ivi;
use uuid::Uuid;

/// Wednesday, 1 July 2026, nine o'clock.
pub fn now() -> Moment {
    Moment::start_of(day("2026-07-01")).plus_hours(9)
}

trait Hours {
    fn plus_hours(self, hours: i64) -> Moment;
}

impl Hours for Moment {
    fn plus_hours(self, hours: i64) -> Moment {
        Moment(self.0 + hours * 3_600_000_000)
    }
}

pub fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

pub fn login(text: &str) -> Login {
    Login::parse(text).unwrap()
}

pub fn people() -> Vec<Person> {
    [
        ("prep", "Marit Zonneveld", &[Role::Prepare][..]),
        ("review", "Ingrid Falkenrath", &[Role::Review]),
        ("lead", "Éloïse Marchandeau", &[Role::Lead, Role::Review]),
        ("release", "Konrad Ahlstedt", &[Role::Release]),
        ("audit", "Petra Nováková", &[Role::Audit]),
    ]
    .into_iter()
    .map(|(name, full, roles)| Person {
        team: Some("bodies".into()),
        ..Person::new(login(name), full, roles.iter().copied())
    })
    .collect()
}

fn step(name: &str, title: &str, acts: &[Role], edit: bool, gates: &[Gate], checkpoint: Option<&str>) -> Step {
    Step {
        name: name.into(),
        title: title.into(),
        acts: acts.to_vec(),
        not: if edit { Vec::new() } else { vec![Excluded::Preparer] },
        edit,
        gates: gates.to_vec(),
        checkpoint: checkpoint.map(str::to_owned),
        meaning: checkpoint.map(|name| format!("{name} done")),
        due_days: Some(2),
        outcome: Outcome::Advance,
        ..Step::default()
    }
}

pub fn policy() -> Policy {
    let mut steps = vec![
        step("intake", "Intake", &[Role::Prepare], true, &[Gate::OwnerNamed], None),
        step("preparation", "Preparation", &[Role::Prepare], true, &[Gate::ApprovalReferenced], None),
        step("review", "Review", &[Role::Review], false, &[Gate::ChangesDecided], Some("technical review")),
        step("compliance", "Compliance", &[Role::Lead], false, &[Gate::NoBlockingException], Some("compliance review")),
        step("ready", "Ready", &[Role::Release], false, &[Gate::SignedOff], None),
        step("released", "Released", &[], false, &[], None),
    ];
    steps[4].outcome = Outcome::Release;
    steps[5].outcome = Outcome::Rest;
    steps[5].due_days = None;
    let kinds = [
        ("missing-data", "Missing data", true, Role::Prepare),
        ("value-out-of-envelope", "Value out of envelope", true, Role::Lead),
        ("unclear-ownership", "Unclear ownership", false, Role::Lead),
        ("other", "Other", false, Role::Lead),
    ];
    Policy {
        name: "test".into(),
        version: 1,
        steps,
        exception_kinds: kinds
            .into_iter()
            .map(|(name, title, blocking, settled_by)| ExceptionKind {
                name: name.into(),
                title: title.into(),
                blocking,
                settled_by,
                owner: None,
            })
            .collect(),
        // The findings here are given, so that a new check changes no picture.
        grades: checks::all().map(|check| (check.id.to_owned(), Grade::Off)).collect(),
        options: Vec::new(),
        ..Policy::default()
    }
}

fn address(text: &str) -> Address {
    ivi::catalogue().address(text).unwrap()
}

fn content(values: &[(&str, &str)]) -> Content {
    values.iter().map(|(place, value)| (address(place), (*value).to_owned())).collect()
}

fn approval() -> Approval {
    let range = |min: i64, max: i64| Range { min: min.into(), max: max.into() };
    Approval {
        number: ApprovalNumber::parse("e4*2018/858*00871*01").unwrap(),
        approval_type: "EU".into(),
        provisional: false,
        category: "N2".into(),
        vehicle_type: "BX".into(),
        stage_of_completion: "V".into(),
        issued: day("2026-02-10"),
        built_from: None,
        built_until: None,
        status: Status::Valid,
        changes: Vec::new(),
        manufacturer: Manufacturer {
            name: "Example Bodies B.V.".into(),
            address_line1: "Havenweg 12".into(),
            address_line2: None,
            address_line3: None,
            place: "Venlo".into(),
            country: "THE NETHERLANDS".into(),
        },
        versions: vec![Covered {
            variant: "BOX".into(),
            version: "L4H3-01".into(),
            ranges: BTreeMap::from([(address("MassInRunningOrder"), range(3000, 3400))]),
        }],
        signatories: vec![Signatory {
            login: Some(login("release")),
            name: "Konrad Ahlstedt".into(),
            position: "Head of homologation".into(),
            place: "Venlo".into(),
            from: day("2026-01-01"),
            until: None,
        }],
        subjects: Vec::new(),
        documents: Vec::new(),
    }
}

/// A record in `step` with the given ours-values, prepared by `prep`.
pub fn record(id: i64, vin: &str, step: &str, ours: &[(&str, &str, &str)]) -> Record {
    let at = now().plus_hours(-20);
    let mut record = Record::new(RecordId(id), Vin::parse(vin).unwrap(), 2, step, at);
    record.seq = Seq(40 + id);
    record.preparer = Some(login("prep"));
    record.order = Some(format!("ORD-{id:04}"));
    record.options = BTreeSet::from(["TAILLIFT".to_owned()]);
    record.editors = BTreeSet::from([login("prep")]);
    record.stages = vec![Stage {
        number: 1,
        revision: 1,
        content: content(&[
            ("VehicleIdentificationNumber", vin),
            ("StageOfCompletion", "C"),
            ("TypeApprovalNumber", "e1*2018/858*00123*04"),
            ("Type", "YN"),
            ("Variant", "VAN"),
            ("Version", "H2"),
            ("VehicleCategory", "N1"),
            ("Length", "5998"),
            ("Height", "2650"),
            ("MassInRunningOrder", "2865"),
            ("ActualMass", "2946"),
            ("TechnicallyPermissibleMaximumLadenMass", "4250"),
            ("AxleTable[1]/AxleNumber", "1"),
            ("AxleTable[1]/TechnicallyPermissibleMassAxle", "2100"),
            ("AxleTable[2]/AxleNumber", "2"),
            ("AxleTable[2]/TechnicallyPermissibleMassAxle", "2400"),
        ]),
        faults: Vec::new(),
        received_at: at,
        sha256: Digest::of(b"base"),
        source: "base.xml".into(),
        signature: "valid".into(),
    }];
    for (place, value, reason) in ours {
        let declared =
            Declared { value: (*value).into(), by: login("prep"), at: at.plus_hours(2), reason: (*reason).into() };
        record.declared.insert(address(place), declared);
    }
    record
}

const OURS: [(&str, &str, &str); 7] = [
    ("TypeApprovalNumber", "e4*2018/858*00871*01", "build sheet vans.csv:4"),
    ("Variant", "BOX", "build sheet vans.csv:4"),
    ("Version", "L4H3-01", "build sheet vans.csv:4"),
    ("Height", "3120", "measured after the box was fitted"),
    ("MassInRunningOrder", "3120", "weighed"),
    ("AxleTable[2]/TechnicallyPermissibleMassAxle", "2600", "axle kit"),
    ("NumberOfDoors", "3", "build sheet vans.csv:4"),
];

/// Three records: one in review with a finding and an exception, a clean one in review, one that may be released.
pub fn dossiers() -> Vec<Dossier> {
    let doubtful = {
        let mut record = record(1, "YARTN2EVHDTEST123", "review", &OURS);
        record.exceptions.push(Exception {
            id: ExceptionId(4),
            kind: "value-out-of-envelope".into(),
            at: Some(address("AxleTable[2]/TechnicallyPermissibleMassAxle")),
            blocking: true,
            state: State::InProgress,
            owner: Some(login("lead")),
            text: "the axle kit is not in the approval".into(),
            raised_by: Some(login("prep")),
            raised_at: now().plus_hours(-3),
            outcome: None,
            about: None,
            discussion: Vec::new(),
            group: None,
        });
        let finding = |check, title, grade, place, message: &str| Finding {
            check,
            title,
            clause: "2020/683, Annex VIII",
            grade,
            regraded: None,
            address: Some(address(place)),
            message: message.into(),
            values: vec![("base".into(), "2946".into())],
        };
        dossier(
            record,
            vec![
                finding(
                    "SI-02",
                    "Masses are restated",
                    Grade::Warn,
                    "ActualMass",
                    "the actual mass is only inherited, but a tail lift changes it: weigh and declare it",
                ),
                finding(
                    "DI-01",
                    "Height",
                    Grade::Warn,
                    "Height",
                    "the height is 470 mm above the base vehicle's: is the roof equipment counted?",
                ),
            ],
        )
    };
    let clean = dossier(record(2, "YARTN2EVHDTEST131", "review", &OURS[..5]), Vec::new());
    let ready = {
        let mut record = record(3, "YARTN2EVHGK004211", "ready", &OURS[..2]);
        let certificate = {
            let people = people();
            let policy = policy();
            let approvals = vec![approval()];
            Certificate::of(&case(&record, &approvals, &people, &policy, &Options::of_policy(&policy)))
        };
        for change in certificate.decisions() {
            let confirmation = stageplate::domain::record::Confirmation {
                before: change.before.clone(),
                ours: change.ours.clone(),
                by: login("review"),
                at: now(),
                void: false,
            };
            record.confirmations.insert(change.address.clone(), confirmation);
        }
        for (checkpoint, by) in [("technical review", "review"), ("compliance review", "lead")] {
            record.signoffs.push(stageplate::domain::record::SignOff {
                checkpoint: checkpoint.into(),
                version: 1,
                by: login(by),
                at: now().plus_hours(-1),
                meaning: format!("{checkpoint} done"),
                content: certificate.hash,
                void_at: None,
                seen: Vec::new(),
            });
        }
        record.owner = Some(login("release"));
        dossier(record, Vec::new())
    };
    vec![doubtful, clean, ready]
}

fn case<'a>(
    record: &'a Record,
    approvals: &'a [Approval],
    people: &'a [Person],
    policy: &'a Policy,
    options: &'a Options,
) -> Case<'a> {
    Case { record, approvals, people, policy, options, catalogue: ivi::catalogue(), now: now() }
}

/// A dossier with the findings given.
pub fn dossier(record: Record, findings: Vec<Finding>) -> Dossier {
    let (people, policy, approvals) = (people(), policy(), vec![approval()]);
    let (history, options) = (history(&record), Options::of_policy(&policy));
    let case = case(&record, &approvals, &people, &policy, &options);
    let mut dossier = Dossier::of(&case, history);
    dossier.readiness = readiness::readiness(&case, &dossier.certificate, &findings);
    dossier.findings = findings;
    dossier.record = record;
    dossier
}

fn history(record: &Record) -> Vec<Event> {
    let mut received = Facts { reason: Some("base.xml".into()), ..Facts::default() };
    received.line("stage 1", None, Some(Digest::of(b"base").to_string()));
    let mut prepared = Facts { reason: Some("vans.csv:4".into()), ..Facts::default() };
    for (place, declared) in &record.declared {
        prepared.line(place.as_str(), None, Some(declared.value.clone()));
    }
    let mut moved = Facts::default();
    moved.line("step", Some("preparation".into()), Some(record.step.clone()));
    [("receive", received), ("prepare", prepared), ("advance", moved)]
        .into_iter()
        .enumerate()
        .map(|(at, (action, facts))| {
            let at = i64::try_from(at).unwrap();
            Event {
                seq: Seq(record.seq.0 - 2 + at),
                at: now().plus_hours(-20 + at),
                clock_back: false,
                by: login("prep"),
                via: None,
                action: action.into(),
                record: Some((record.id, record.vin.clone())),
                facts,
            }
        })
        .collect()
}

/// The line of a dossier.
pub fn row(dossier: &Dossier) -> Row {
    let (people, policy) = (people(), policy());
    let case = case(&dossier.record, &dossier.approvals, &people, &policy, &dossier.options);
    Row { summary: Summary::of(&case, &dossier.certificate, &dossier.findings), unread: dossier.record.id.0 == 2 }
}

/// The exceptions to settle of these dossiers, as the store lists them.
pub fn raised(dossiers: &[Dossier]) -> Vec<Raised> {
    let mut rows: Vec<Raised> = Vec::new();
    for dossier in dossiers {
        let record = &dossier.record;
        let open = record.exceptions.iter().filter(|exception| exception.is_open_on(now().day()));
        rows.extend(open.map(|exception| Raised {
            record: record.id,
            vin: record.vin.clone(),
            seq: record.seq,
            step: record.step.clone(),
            scope: record.scope.clone(),
            approval: record.declares("TypeApprovalNumber").map(str::to_owned),
            variant: dossier.certificate.value("Variant").map(str::to_owned),
            exception: exception.clone(),
        }));
    }
    rows.sort_by_key(|row| row.exception.id);
    rows
}

fn groups(rows: &[Raised], by: By) -> Groups {
    let mut found: BTreeMap<Option<String>, (u64, u64)> = BTreeMap::new();
    for row in rows {
        let exception = &row.exception;
        let key = match by {
            By::Kind => Some(exception.kind.clone()),
            By::Age => age_words().nth(age_bucket((now().day() - exception.raised_at.day()).num_days())),
            By::Approval => row.approval.clone(),
            By::Variant => row.variant.clone(),
            By::Owner => exception.owner.as_ref().map(ToString::to_string),
            By::Scope => row.scope.clone(),
        };
        let group = found.entry(key).or_default();
        *group = (group.0 + 1, group.1 + u64::from(exception.blocking));
    }
    let rows = found.into_iter().map(|(key, (open, blocking))| Group { key, open, blocking }).collect();
    let mut groups = Groups { by, rows, whole: true };
    groups.sort();
    groups
}

/// Where the work of a busy week stands; nothing where there are no records.
fn overview(dossiers: &[Dossier], scope: Option<String>) -> Overview {
    let mut known = Overview { scope, ..Overview::default() };
    known.weeks =
        mondays(now().day(), WEEKS).into_iter().map(|monday| Week { monday, released: 0, first_pass: 0 }).collect();
    if dossiers.is_empty() {
        return known;
    }
    let loads: [(&str, &str, u64); 7] = [
        ("intake", "", 41),
        ("preparation", "", 12),
        ("preparation", "prep", 63),
        ("review", "", 18),
        ("review", "review", 27),
        ("compliance", "lead", 9),
        ("ready", "release", 4),
    ];
    for (step, owner, records) in loads {
        let owner = (!owner.is_empty()).then(|| login(owner));
        known.load.push(Load { step: step.into(), owner, records });
    }
    for (step, ages, overdue, oldest) in [
        ("intake", [30, 8, 3, 0, 0, 0], 0, 6),
        ("preparation", [20, 25, 18, 9, 2, 1], 11, 44),
        ("review", [12, 14, 10, 6, 3, 0], 8, 21),
        ("compliance", [2, 3, 2, 1, 1, 0], 2, 17),
        ("ready", [4, 0, 0, 0, 0, 0], 0, 1),
    ] {
        known.ageing.push(Ageing { step: step.into(), ages, overdue, held: u64::from(overdue > 5), oldest });
    }
    for (kind, open, blocking) in [("missing-data", 22, 22), ("value-out-of-envelope", 7, 5), ("other", 3, 0)] {
        known.exceptions.push(Standing { kind: kind.into(), open, blocking });
    }
    for (at, week) in known.weeks.iter_mut().enumerate() {
        week.released = [12, 18, 9, 22, 25, 31, 0, 28, 35, 30, 41, 38, 16][at % 13];
        week.first_pass = week.released * 4 / 5;
    }
    known
}

/// Exceptions in plenty on the dossiers: of several kinds and ages, some owned, some linked, one discussed.
pub fn with_exceptions(mut dossiers: Vec<Dossier>) -> Vec<Dossier> {
    let kinds = [
        ("missing-data", true, "MassInRunningOrder", "the weighing slip is missing"),
        ("unclear-ownership", false, "", "who answers for the second row of seats?"),
        ("other", false, "Height", "measured with the aerial; measure again"),
        ("value-out-of-envelope", true, "ActualMass", "40 kg above what the version allows"),
    ];
    for number in 0..9_i64 {
        let (kind, blocking, at, text) = kinds[usize::try_from(number).unwrap() % kinds.len()];
        let count = dossiers.len();
        let record = &mut dossiers[usize::try_from(number).unwrap() % count].record;
        let remark = |by: &str, hours: i64, text: &str| Remark {
            by: login(by),
            at: now().plus_hours(hours),
            text: text.into(),
            struck_at: None,
        };
        record.exceptions.push(Exception {
            id: ExceptionId(10 + number),
            kind: kind.into(),
            at: (!at.is_empty()).then(|| address(at)),
            blocking,
            state: if number % 3 == 0 { State::InProgress } else { State::Open },
            owner: (number % 3 == 0).then(|| login(["lead", "prep"][usize::from(number > 4)])),
            text: text.into(),
            raised_by: (number % 4 != 3).then(|| login("review")),
            raised_at: now().plus_hours(-24 * number * 2),
            outcome: None,
            about: None,
            discussion: match number {
                0 => vec![
                    remark("prep", -5, "the slip is on its way from the weighbridge"),
                    remark("lead", -1, "it must be here before Thursday's release"),
                ],
                _ => Vec::new(),
            },
            group: (number % 4 == 2).then_some(ExceptionId(12)),
        });
    }
    dossiers
}

/// Four released versions, the newest first: one of them was corrected, of one a correction is in work.
pub fn released() -> Vec<Filed> {
    let one = |record: i64, version: u8, vin: &str, hours: i64, later: Later| Filed {
        id: ReleaseId { record: RecordId(record), version },
        vin: Vin::parse(vin).unwrap(),
        release: Release {
            version,
            reference: format!("5e884898-da28-4{record:03}-8{version:03}-0242ac120002"),
            sealed_at: now().plus_hours(hours),
            by: login("release"),
            sha256: Digest::of(format!("{record} {version}").as_bytes()),
            content: Digest::of(b"content"),
            sealed_by: "CN=Example Bodies B.V. seal".into(),
        },
        seq: Seq(39 + record),
        later,
        answer: answers(ReleaseId { record: RecordId(record), version }).last().map(|receipt| receipt.answer),
        scope: None,
        approval: (later == Later::Nothing).then(|| "e4*2018/858*00871*01".into()),
        variant: (later == Later::Nothing).then(|| "BOX".into()),
    };
    vec![
        one(2, 1, "YARTN2EVHDTEST131", -2, Later::Nothing),
        one(1, 2, "YARTN2EVHDTEST123", -30, Later::Nothing),
        one(3, 1, "YARTN2EVHGK004211", -80, Later::InWork(2)),
        one(1, 1, "YARTN2EVHDTEST123", -400, Later::Corrected(2)),
    ]
}

/// What came back for a released version: one was accepted at once, one after it had been rejected, one is rejected.
fn answers(id: ReleaseId) -> Vec<Receipt> {
    let rejected = ("the seal's certificate is not registered", Answer::Rejected);
    let accepted = ("registered as 2026-11-4711", Answer::Accepted);
    let said = match (id.record.0, id.version) {
        (1, 2) => vec![rejected, accepted],
        (1, 1) => vec![accepted],
        (3, 1) => vec![rejected],
        _ => Vec::new(),
    };
    let one = |(number, (text, answer)): (i64, (&str, Answer))| Receipt {
        version: id.version,
        answer,
        text: text.into(),
        file: (answer == Answer::Rejected)
            .then(|| Enclosed { name: "letter.pdf".into(), sha256: Digest::of(b"letter") }),
        by: login("release"),
        at: now().plus_hours(number - 20),
        exception: None,
    };
    (0_i64..).zip(said).map(one).collect()
}

/// What is known of a released version.
pub fn known(id: ReleaseId) -> Known {
    let hand = |what: &str, by: &str, hours: i64, times: usize, note: Option<&str>| Hand {
        what: what.into(),
        by: login(by),
        via: None,
        at: now().plus_hours(hours),
        policy: 1,
        times,
        note: note.map(str::to_owned),
    };
    let others = released().into_iter().filter(|row| row.id.record == id.record && row.id != id);
    Known {
        id,
        stated: Ok(Stated {
            bytes: 12_345,
            schema: Some("2.0".into()),
            approval: Some("e4*2018/858*00871*01".into()),
            issued: Some("2026-02-10".into()),
            version: vec!["BX".into(), "BOX".into(), "L4H3-01".into()],
            signatories: vec!["Konrad Ahlstedt, Head of homologation, Venlo".into()],
            seal: Ok(Seal {
                subject: "CN=Example Bodies B.V. seal".into(),
                issuer: "CN=Example CA".into(),
                from: Moment::start_of(day("2026-01-01")),
                until: Moment::start_of(day("2027-12-31")),
                fingerprint: Digest::of(b"certificate").to_string(),
                made: Some(now().plus_hours(-2)),
            }),
        }),
        hands: vec![
            hand("prepared", "prep", -20, 3, None),
            hand("confirmed", "review", -10, 7, None),
            hand("signed technical review", "review", -9, 1, Some("“technical review done”")),
            hand("signed compliance review", "lead", -5, 1, Some("“compliance review done”")),
            hand("released", "release", -2, 1, None),
        ],
        receipts: answers(id),
        others: others.map(|row| (row.id.version, row.release.sealed_at)).collect(),
        standing: (id.record == RecordId(3)).then(|| "withdrawn from 2026-06-30".into()),
        stages_since: if id.record == RecordId(3) { vec![1] } else { Vec::new() },
    }
}

/// A keymap that comes with the program.
pub fn keymap(name: &str) -> Keymap {
    let contexts: Vec<&str> = Context::ALL.iter().map(|context| context.word()).collect();
    let typing: Vec<&str> =
        Context::ALL.iter().filter(|context| context.types()).map(|context| context.word()).collect();
    let commands = command::names();
    keymap::read(name, None, &Words { commands: &commands, contexts: &contexts, typing: &typing })
        .unwrap_or_else(|faults| panic!("{}", faults.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}

/// A model of a desk where nothing has been read yet.
pub fn unread_model(who: &str) -> (Model, Vec<Effect>) {
    let people = people();
    let actor = Actor::of(people.iter().find(|person| person.login.as_str() == who).unwrap());
    let house = House {
        people,
        policies: Policies { desk: Arc::new(policy()), scopes: BTreeMap::new() },
        scopes: Vec::new(),
        options: Vec::new(),
        catalogue: ivi::catalogue(),
        desk: "desk.db".into(),
    };
    Model::new(actor, house, keymap("default"), QueueName::Waiting, now(), Seq(48_211))
}

/// A driver made of the fixture: answers what the model asks, keeps what it wants done.
pub struct Desk {
    pub model: Model,
    pub dossiers: Vec<Dossier>,
    /// What was released.
    pub released: Vec<Filed>,
    /// Effects that were not answered.
    pub asked: Vec<Effect>,
}

impl Desk {
    /// Somebody's terminal of this size, everything read.
    pub fn of(who: &str, width: u16, height: u16) -> Desk {
        Desk::with(who, width, height, dossiers())
    }

    /// The same with these records.
    pub fn with(who: &str, width: u16, height: u16, dossiers: Vec<Dossier>) -> Desk {
        let (model, effects) = unread_model(who);
        let mut desk = Desk { model, dossiers, released: released(), asked: Vec::new() };
        desk.tell(Msg::Resize { width, height });
        desk.run(effects);
        desk.asked.clear();
        desk
    }

    /// Gives the model a message and answers what it asks.
    pub fn tell(&mut self, msg: Msg) {
        let effects = update(&mut self.model, msg);
        self.run(effects);
    }

    /// Answers what the model asked outside of a message.
    pub fn answer_all(&mut self, effects: Vec<Effect>) {
        self.run(effects);
    }

    fn run(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match self.answer(&effect) {
                Some(msg) => self.tell(msg),
                None => self.asked.push(effect),
            }
        }
    }

    fn answer(&self, effect: &Effect) -> Option<Msg> {
        match effect {
            Effect::LoadCounts => {
                let count = |queue| match queue {
                    QueueName::Waiting | QueueName::All => self.dossiers.len() as u64,
                    QueueName::Ready => 1,
                    _ => 0,
                };
                Some(Msg::Counts(QueueName::all().map(|queue| (queue, count(queue))).collect()))
            }
            Effect::LoadPage { ticket, .. } => {
                let rows = self.dossiers.iter().map(row).collect();
                Some(Msg::Page { ticket: *ticket, rows, next: None })
            }
            Effect::LoadGroups { ticket, by, .. } => {
                Some(Msg::Groups { ticket: *ticket, groups: groups(&raised(&self.dossiers), *by) })
            }
            Effect::LoadExceptions { ticket, .. } => {
                Some(Msg::Exceptions { ticket: *ticket, rows: raised(&self.dossiers), next: None })
            }
            Effect::LoadOverview { ticket, scope } => Some(Msg::Overview {
                ticket: *ticket,
                known: Box::new(overview(&self.dossiers, scope.clone())),
                scopes: vec!["crafts".into(), "vans".into()],
            }),
            Effect::LoadArchive { ticket, .. } => {
                let rows = self.released.clone();
                Some(Msg::Archive { ticket: *ticket, total: rows.len() as u64, rows, next: None })
            }
            Effect::LoadRelease(id) => Some(Msg::Release { id: *id, known: Ok(Box::new(known(*id))) }),
            Effect::LoadLinked(group) => {
                let all = raised(&self.dossiers).into_iter();
                Some(Msg::Linked(all.filter(|row| row.exception.group == Some(*group)).collect()))
            }
            Effect::LoadLinks(group) => {
                let all = raised(&self.dossiers).into_iter();
                let rows = all.filter(|row| row.exception.group == Some(*group)).collect();
                Some(Msg::Links { group: *group, rows })
            }
            Effect::LoadDossier(id) => {
                let found = self.dossiers.iter().find(|dossier| dossier.record.id == *id)?;
                Some(Msg::Dossier(Box::new(found.clone())))
            }
            Effect::LoadMessage(id) => {
                let found = self.dossiers.iter().find(|dossier| dossier.record.id == *id)?;
                let bytes =
                    stageplate::issuing::draft(found, &self.model.who.login, Uuid::nil(), self.model.now).ok()?;
                let listed = stageplate::ivi::listing(&bytes).into_iter();
                let lines = listed.map(|line| Written { text: line.text, address: line.address }).collect();
                let preview =
                    Preview { what: "version 1 as it would go out now: not sealed, no certificate".into(), lines };
                Some(Msg::Message { record: *id, preview: Box::new(preview) })
            }
            _ => None,
        }
    }

    /// Presses keys, written as in keymaps, apart by blanks.
    pub fn press(&mut self, keys: &str) {
        for key in keys.split_whitespace() {
            self.tell(Msg::Key(key.parse::<Key>().unwrap()));
        }
    }

    /// Types a text.
    pub fn write(&mut self, text: &str) {
        for letter in text.chars() {
            self.tell(Msg::Key(Key::char(letter)));
        }
    }

    /// What the model wants done since this was asked last, redraws aside.
    pub fn wants(&mut self) -> Vec<Effect> {
        let asked = std::mem::take(&mut self.asked);
        asked.into_iter().filter(|effect| *effect != Effect::Redraw).collect()
    }
}
