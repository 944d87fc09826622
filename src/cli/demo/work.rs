//! The work of the demo: each record is taken a stretch of the way by the people whose work that is, in the desk's own
//! acts, and what a rule refuses stays where it is.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::fleet::{Vehicle, preparer};
use super::sample_fault;
use crate::cli::context;
use crate::domain::action::{Action, Received, Settle};
use crate::domain::address::Address;
use crate::domain::content::Content;
use crate::domain::governance::DeskAction;
use crate::domain::identity::{Digest, RecordId};
use crate::domain::moment::Moment;
use crate::domain::person::{Actor, Person};
use crate::domain::scope::Scope;
use crate::failure::Failure;
use crate::issuing::{self, IssuingError};
use crate::ivi::key::SealKey;
use crate::ivi::seal;
use crate::store::{Act, Desk, StoreError, Target};
use crate::{intake, ivi};

const APPROVALS: &str = include_str!("../../../sample-data/approvals.toml");
const SCOPES: [(&str, &str); 3] =
    [("bodies", "Box bodies on chassis cabs"), ("vans", "Altered panel vans"), ("campers", "Motor caravans")];

/// How far each record is taken, in turn.
const FAR: [Far; 12] = [
    Far::Review,
    Far::Compliance,
    Far::Released,
    Far::ReviewBegun,
    Far::Ready,
    Far::Preparation,
    Far::Archived,
    Far::Flagged,
    Far::Intake,
    Far::Compliance,
    Far::Review,
    Far::Ready,
];

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Far {
    Intake,
    Preparation,
    Review,
    ReviewBegun,
    Flagged,
    Compliance,
    Ready,
    Released,
    Archived,
}

/// A demo desk in the making, with a clock of its own that only goes forward.
pub struct Demo {
    pub desk: Desk,
    pub actors: BTreeMap<String, Actor>,
    pub seed: u64,
    pub clock: Moment,
    pub step: i64,
    pub acts: u64,
    pub seal: SealKey,
    pub maker: SealKey,
}

impl Demo {
    pub fn govern(&mut self, founder: &Person, people: Vec<Person>) -> Result<(), Failure> {
        let actor = Actor::of(founder);
        let mut acts: Vec<DeskAction> =
            people.into_iter().filter(|person| person.login != founder.login).map(DeskAction::AddPerson).collect();
        for (name, title) in SCOPES {
            acts.push(DeskAction::AddScope(Scope {
                name: name.to_owned(),
                title: title.to_owned(),
                team: Some(name.to_owned()),
                matches: None,
            }));
        }
        let approvals = intake::approval::read(APPROVALS.as_bytes(), ivi::catalogue()).map_err(|faults| {
            sample_fault("approvals.toml", &faults.first().map_or(String::new(), |fault| fault.reason.clone()))
        })?;
        acts.extend(approvals.into_iter().map(|approval| DeskAction::ImportApproval(Box::new(approval))));
        for act in acts {
            let (request, now) = self.tick();
            self.desk.govern(&actor, &act, request, now)?;
        }
        Ok(())
    }

    /// The next moment of the demo's history, and a request id that is the same for the same seed.
    fn tick(&mut self) -> (Uuid, Moment) {
        self.clock = Moment(self.clock.0 + self.step);
        self.acts += 1;
        (self.uuid("act", self.acts), self.clock)
    }

    fn uuid(&self, what: &str, number: u64) -> Uuid {
        let digest = Digest::of(format!("{what} {number} {}", self.seed).as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest.0[..16]);
        uuid::Builder::from_random_bytes(bytes).into_uuid()
    }

    /// One act of one person; whether it was carried out. A refusal is no failure: the record stays where it is.
    fn act(&mut self, login: &str, target: Target, action: &Action) -> Result<bool, Failure> {
        let (request, now) = self.tick();
        let actor =
            self.actors.get(login).ok_or_else(|| sample_fault("people.toml", &format!("there is no `{login}`")))?;
        match self.desk.apply(&Act { actor, target, action, seen: None, request, now }) {
            Ok(_) => Ok(true),
            Err(StoreError::Refused(_)) => Ok(false),
            Err(fault) => Err(fault.into()),
        }
    }

    pub fn work(&mut self, fleet: &[Vehicle], narrate: &mut dyn FnMut(usize, usize)) -> Result<(), Failure> {
        let total = fleet.len() * 2;
        for (number, vehicle) in fleet.iter().enumerate() {
            let received = self.base_message(vehicle, number as u64, None)?;
            let login = preparer(&vehicle.row);
            self.act(&login, Target::Intake(vehicle.vin.clone()), &Action::Receive(received))?;
            if !self.act(&login, Target::Vin(vehicle.vin.clone()), &Action::Prepare(vehicle.row.clone()))? {
                return Err(sample_fault(&vehicle.row.source, "the desk refuses the row"));
            }
            narrate(number + 1, total);
        }
        let ids: Vec<RecordId> =
            fleet.iter().map(|vehicle| self.desk.record_id(&vehicle.vin)).collect::<Result<_, _>>()?;
        for far in [
            Far::Preparation,
            Far::Review,
            Far::ReviewBegun,
            Far::Flagged,
            Far::Compliance,
            Far::Ready,
            Far::Released,
            Far::Archived,
        ] {
            for (number, (vehicle, id)) in fleet.iter().zip(&ids).enumerate() {
                if FAR[number % FAR.len()] >= far {
                    self.take_to(far, vehicle, *id, number)?;
                }
            }
            narrate(total / 2 + total / 2 * (far as usize) / (Far::Archived as usize), total);
        }
        self.after_thoughts(fleet, &ids)?;
        narrate(total, total);
        Ok(())
    }

    /// Takes a record one stretch of the way.
    fn take_to(&mut self, far: Far, vehicle: &Vehicle, id: RecordId, number: usize) -> Result<(), Failure> {
        let target = || Target::Record(id);
        let take = |login: &str| -> Result<Action, Failure> {
            Ok(Action::Assign { to: Some(context::read_login(login)?), reason: None })
        };
        let on = Action::Advance { reason: None };
        let stops_here = FAR[number % FAR.len()];
        let reviewer = if vehicle.row.scope.as_deref() == Some("campers") { "review2" } else { "review" };
        match far {
            Far::Preparation => {
                let login = preparer(&vehicle.row);
                self.act(&login, target(), &take(&login)?)?;
                self.act(&login, target(), &on)?;
            }
            Far::Review => {
                self.act(&preparer(&vehicle.row), target(), &on)?;
            }
            Far::ReviewBegun => {
                self.act(reviewer, target(), &take(reviewer)?)?;
                let whole = stops_here != Far::ReviewBegun;
                let decisions = self.undecided(id)?;
                let some = if whole { decisions } else { decisions.into_iter().step_by(2).collect() };
                self.act(reviewer, target(), &Action::Confirm { addresses: Some(some) })?;
            }
            Far::Flagged if stops_here == Far::Flagged => {
                let flag = Action::Flag {
                    kind: "base-error".to_owned(),
                    at: Some(Address::unchecked("DimensionGroup/RearOverhang")),
                    blocking: Some(true),
                    text: "the overhang was measured to the lamps, not to the body".to_owned(),
                    to: Some(context::read_login("lead")?),
                };
                self.act(reviewer, target(), &flag)?;
            }
            Far::Flagged | Far::Intake => {}
            Far::Compliance => {
                self.act(reviewer, target(), &on)?;
            }
            Far::Ready => {
                self.act("lead", target(), &take("lead")?)?;
                self.act("lead", target(), &on)?;
            }
            Far::Released => {
                let (_, now) = self.tick();
                let actor = self.actors["release"].clone();
                match issuing::release(&mut self.desk, &actor, id, &self.seal, now, None) {
                    Ok(_) => {}
                    Err(IssuingError::Refused(_) | IssuingError::Store(StoreError::Refused(_))) => {}
                    Err(fault) => return Err(fault.into()),
                }
            }
            Far::Archived => {
                self.act("release", target(), &on)?;
            }
        }
        Ok(())
    }

    fn undecided(&mut self, id: RecordId) -> Result<Vec<Address>, Failure> {
        let dossier = self.desk.dossier(id, self.clock)?;
        let undecided = dossier.certificate.changes.iter().filter(|change| change.undecided);
        Ok(undecided.map(|change| change.address.clone()).collect())
    }

    /// What makes a desk a desk: a correction that comes late, a hold, an exception raised and one settled.
    fn after_thoughts(&mut self, fleet: &[Vehicle], ids: &[RecordId]) -> Result<(), Failure> {
        let all: Vec<(usize, Far)> = (0..fleet.len()).map(|number| (number, FAR[number % FAR.len()])).collect();
        let nth =
            |far: Far, which: usize| all.iter().filter(|(_, one)| *one == far).nth(which).map(|(number, _)| *number);
        if let Some(number) = nth(Far::Ready, 1) {
            let received = self.base_message(&fleet[number], number as u64, Some("the maker corrected it"))?;
            self.act("prep", Target::Record(ids[number]), &Action::Receive(received))?;
        }
        if let Some(number) = nth(Far::Preparation, 0) {
            let reason = "waiting for the weighing ticket".to_owned();
            self.act("prep", Target::Record(ids[number]), &Action::Hold { reason, until: None })?;
        }
        if let Some(number) = nth(Far::Compliance, 0) {
            let flag = Action::Flag {
                kind: "missing-data".to_owned(),
                at: None,
                blocking: Some(false),
                text: "photo of the additional plate is not in the file".to_owned(),
                to: None,
            };
            self.act("lead", Target::Record(ids[number]), &flag)?;
            let dossier = self.desk.dossier(ids[number], self.clock)?;
            if let Some(exception) = dossier.record.exceptions.last() {
                let how = Settle::Resolve { text: "photo received and filed".to_owned() };
                self.act("lead", Target::Record(ids[number]), &Action::Settle { id: exception.id, how })?;
            }
        }
        Ok(())
    }

    /// The base message of a vehicle, really written, really sealed, and read again as any other.
    fn base_message(&self, vehicle: &Vehicle, number: u64, corrected: Option<&str>) -> Result<Received, Failure> {
        let read =
            ivi::read(vehicle.base.as_bytes()).map_err(|fault| sample_fault("a base message", &fault.to_string()))?;
        let mut content: Content = read.content;
        let mut put = |address: &str, value: &str| content.set(Address::unchecked(address), value);
        put("VehicleIdentificationNumber", vehicle.vin.as_str());
        put("DateManufactureVehicle", &vehicle.built);
        put("SigningAuthorityTable[1]/SignatureDate", &vehicle.built);
        put("Header/IviVersionDateTime", &format!("{}T16:30:00Z", vehicle.built));
        let what = if corrected.is_some() { "correction" } else { "base" };
        put("Header/IviReferenceId", &self.uuid(what, number).to_string());
        if corrected.is_some() {
            put("Header/IviVersionNumber", "2");
            put("MaximumSpeed", "130");
        }
        let message =
            ivi::Message::from_content(&content).map_err(|fault| sample_fault("a base message", &fault.to_string()))?;
        let at = self.clock.utc();
        let sealed = seal::seal(&ivi::write(&message), &self.maker, at);
        let sealed = sealed.map_err(|fault| sample_fault("a base message", &fault.to_string()))?;
        let name = format!("{}-stage1{}.xml", vehicle.vin, if corrected.is_some() { "-v2" } else { "" });
        let scope = vehicle.row.scope.as_deref();
        let read = intake::message::read(&name, sealed, scope, self.clock);
        read.map(|(_, received)| received).map_err(|fault| sample_fault(&name, &fault.reason))
    }
}
