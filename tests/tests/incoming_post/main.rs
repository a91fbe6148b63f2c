//! What comes in without a person: a folder that a scanner fills, and a mailbox on disk. On both databases.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU32, Ordering},
    },
};

use fachwerk_core::{
    authority::{AuthorityCommand, DocumentKind, Policy, Profile},
    event::Direction,
    facts::Actor,
    item::{Arrived, PostSource, RefusedThere, Unread},
    language::Folder,
    scenario::Made,
    words::{TenantId, Text, Timestamp},
};
use fachwerk_incoming::{Maildir, ScanFolder};
use fachwerk_runtime::{Founding, PostTaken, Runtime, clock::Clock};
use fachwerk_store::{CaseQuery, Place, Store, test_postgres};
use serde_json::{Value, json};
use uuid::Uuid;

const TENANT: &str = "musterstadt";
/// A Tuesday.
const NOW: &str = "2026-03-10T08:00:00Z";
/// The Friday before.
const FRIDAY: &str = "2026-03-06T14:30:00Z";

/// A place of a store that is opened again and again, and folders beside it.
struct World {
    dir: PathBuf,
    place: Place,
}

impl World {
    fn new(name: &str, place: Option<Place>) -> World {
        static WORLDS: AtomicU32 = AtomicU32::new(0);
        let number = WORLDS.fetch_add(1, Ordering::SeqCst);
        let dir = std::env::temp_dir().join(format!("fachwerk-post-{name}-{}-{number}", std::process::id()));
        fs::create_dir_all(dir.join("scan")).unwrap();
        fs::create_dir_all(dir.join("mail/new")).unwrap();
        let place = place.unwrap_or(Place::Sqlite { dir: dir.join("data") });
        World { dir, place }
    }

    /// A server begins.
    async fn server(&self) -> Runtime {
        let store = Store::open(&self.place).await.unwrap();
        let runtime = Runtime::new(store, Clock::stopped_at(NOW.parse().unwrap()), Default::default());
        runtime.take_part().await.unwrap();
        if runtime.authority(&tenant()).await.unwrap().is_none() {
            let founding = Founding {
                tenant: tenant(),
                profile: Profile::example(),
                administrator: "ada".into(),
                name: "Ada".into(),
            };
            runtime.found(founding).await.unwrap();
            let (tenant, process) = (tenant(), incoming_post());
            let deployed = runtime.deploy(&tenant, Actor::Engine, &process, &|_, _| Ok(Made::default()));
            deployed.await.unwrap();
        }
        runtime
    }

    fn scan(&self) -> Arc<dyn PostSource> {
        Arc::new(ScanFolder::open(&self.dir.join("scan")).unwrap())
    }

    fn mail(&self) -> Arc<dyn PostSource> {
        Arc::new(Maildir::open(&self.dir.join("mail")).unwrap())
    }

    /// Puts a file there, written on Friday.
    fn put(&self, path: &str, bytes: &[u8]) {
        let path = self.dir.join(path);
        fs::write(&path, bytes).unwrap();
        let at: Timestamp = FRIDAY.parse().unwrap();
        fs::File::options().write(true).open(path).unwrap().set_modified(at.try_into().unwrap()).unwrap();
    }

    /// The names of what lies in a folder.
    fn names(&self, folder: &str) -> Vec<String> {
        names(&self.dir.join(folder))
    }
}

impl Drop for World {
    fn drop(&mut self) {
        // A folder that stays is only litter.
        let _ = fs::remove_dir_all(&self.dir);
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().unwrap().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

fn tenant() -> TenantId {
    TENANT.into()
}

fn incoming_post() -> Folder {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/incoming-post");
    let mut folder = Folder { name: "examples/incoming-post".into(), ..Folder::default() };
    let mut open = vec![root.clone()];
    while let Some(path) = open.pop() {
        for entry in fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                open.push(entry);
            } else {
                let path = entry.strip_prefix(&root).unwrap().to_str().unwrap().to_owned();
                folder.files.insert(path.into(), fs::read(&entry).unwrap().into());
            }
        }
    }
    folder
}

/// What a server has of items, in the order of their subjects.
async fn items(runtime: &Runtime) -> Vec<Value> {
    let page = runtime.store().cases(&tenant(), &CaseQuery::default()).await.unwrap();
    let mut items = Vec::new();
    for row in page.items {
        let case = runtime.store().load(&tenant(), row.case).await.unwrap().unwrap();
        let documents = case.documents.values().map(|document| {
            assert_eq!(document.content.direction, Direction::Incoming);
            json!([document.content.title, document.content.media_type, document.on])
        });
        items.push(json!({
            "subject": case.data["subject"], "sender": case.data["sender"], "email": case.data["email"],
            "source": case.data["source"], "confirmed": case.data["day_confirmed"], "channel": case.channel,
            "received_on": case.received_on, "documents": documents.collect::<Vec<_>>(),
        }));
    }
    items.sort_by_key(|item| item["subject"].to_string());
    items
}

/// The text of a document of the only item.
async fn text_of(runtime: &Runtime, number: u32) -> String {
    let page = runtime.store().cases(&tenant(), &CaseQuery::default()).await.unwrap();
    let case = runtime.store().load(&tenant(), page.items[0].case).await.unwrap().unwrap();
    let hash = case.documents[&number].content.hash.parse().unwrap();
    String::from_utf8(runtime.store().blob(&tenant(), &hash).await.unwrap().unwrap()).unwrap()
}

/// A source that is cut off after its post is stored and before it is put away.
struct CutOff(Arc<dyn PostSource>, AtomicBool);

impl PostSource for CutOff {
    fn title(&self) -> String {
        self.0.title()
    }
    fn waiting(&self) -> Result<Vec<String>, String> {
        self.0.waiting()
    }
    fn readable(&self) -> Result<(), String> {
        self.0.readable()
    }
    fn read(&self, name: &str) -> Result<Option<Arrived>, Unread> {
        self.0.read(name)
    }
    fn taken(&self, _: &str, _: &str) -> Result<(), String> {
        self.1.store(true, Ordering::SeqCst);
        Err("killed".into())
    }
    fn refuse(&self, name: &str, why: &Text) -> Result<(), String> {
        self.0.refuse(name, why)
    }
    fn refused(&self, at_most: usize) -> Vec<RefusedThere> {
        self.0.refused(at_most)
    }
}

async fn take(runtime: &Runtime) -> PostTaken {
    runtime.take_post().await.unwrap()
}

/// Looks until a file that does not change any more is taken.
async fn take_all(runtime: &Runtime) -> PostTaken {
    let mut sum = NOTHING;
    for _ in 0..7 {
        let PostTaken { taken, refused } = take(runtime).await;
        sum = PostTaken { taken: sum.taken + taken, refused: sum.refused + refused };
    }
    sum
}

const NOTHING: PostTaken = PostTaken { taken: 0, refused: 0 };

fn on_both(name: &str, check: impl AsyncFn(World)) {
    let work = async {
        check(World::new(name, None)).await;
        if let Some(server) = test_postgres::server() {
            let url = server.create_database().await;
            check(World::new(name, Some(Place::Postgres { url: url.clone() }))).await;
            server.drop_database(&url).await;
        }
    };
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(work);
}

#[test]
fn a_scanned_file_becomes_an_item_with_the_day_on_which_it_was_written() {
    on_both("scan", async |world| {
        let runtime = world.server().await;
        runtime.set_post_sources(vec![(tenant(), world.scan())]);
        world.put("scan/Antrag Muster.pdf", b"%PDF-1.7 Antrag\n%%EOF");
        world.put("scan/halb.pdf.part", b"%PDF-1.7");
        world.put("scan/.versteckt.pdf", b"%PDF-1.7");
        // It is complete when it was as large and as old in several looks.
        for _ in 0..6 {
            assert_eq!(take(&runtime).await, NOTHING);
        }
        world.put("scan/Antrag Muster.pdf", b"%PDF-1.7 Antrag, ganz\n%%EOF");
        for _ in 0..6 {
            assert_eq!(take(&runtime).await, NOTHING);
        }
        assert_eq!(take(&runtime).await, PostTaken { taken: 1, refused: 0 });
        let expected = json!([{
            "subject": "Antrag Muster", "sender": null, "email": null, "source": "Scan: Antrag Muster.pdf",
            "confirmed": false, "channel": "post", "received_on": "2026-03-06",
            "documents": [["Antrag Muster.pdf", "application/pdf", "2026-03-06"]],
        }]);
        assert_eq!(Value::from(items(&runtime).await), expected);
        assert_eq!(world.names("scan/taken"), ["Antrag Muster.pdf"]);
        assert_eq!(world.names("scan"), [".versteckt.pdf", "halb.pdf.part"]);
        // The same name with other bytes is another item; in `taken` nothing is written over.
        world.put("scan/Antrag Muster.pdf", b"%PDF-1.7 zwei\n%%EOF");
        assert_eq!(take_all(&runtime).await, PostTaken { taken: 1, refused: 0 });
        assert_eq!(items(&runtime).await.len(), 2);
        assert_eq!(world.names("scan/taken"), ["2-Antrag Muster.pdf", "Antrag Muster.pdf"]);
        runtime.store().close().await;
    });
}

#[test]
fn what_cannot_be_taken_is_put_aside_with_the_reason() {
    on_both("refused", async |world| {
        let runtime = world.server().await;
        runtime.set_post_sources(vec![(tenant(), world.scan())]);
        world.put("scan/programm.pdf", b"MZ\x90\0");
        world.put("scan/seite.html", b"<html>");
        world.put("scan/riesig.pdf", &vec![b'x'; 25_000_001]);
        fs::create_dir(world.dir.join("scan/ordner")).unwrap();
        world.put("geheim.pdf", b"%PDF-1.7 geheim");
        std::os::unix::fs::symlink(world.dir.join("geheim.pdf"), world.dir.join("scan/verweis.pdf")).unwrap();
        assert_eq!(take_all(&runtime).await, PostTaken { taken: 0, refused: 4 });
        assert_eq!(items(&runtime).await, [] as [Value; 0]);
        let refused = runtime.refused_post(&tenant(), 10).await.unwrap();
        let refused: Vec<_> = refused.into_iter().map(|(_, it)| (it.name.unwrap(), it.why)).collect();
        let part = |name: &str, part: &str| {
            let (_, why) = refused.iter().find(|(found, _)| found == name).expect(name);
            assert!(why.contains(part), "{name}: {why}");
        };
        assert_eq!(refused.len(), 4, "{refused:?}");
        part("programm.pdf", "Diese Datei ist ein Programm");
        part("seite.html", "HTML- oder SVG-Datei");
        part("riesig.pdf", "größer als 25 MB");
        part("verweis.pdf", "keine gewöhnliche Datei");
        // What the link led to is untouched, and nothing is tried again.
        assert_eq!(fs::read(world.dir.join("geheim.pdf")).unwrap(), b"%PDF-1.7 geheim");
        assert_eq!(take(&runtime).await, NOTHING);
        // Another authority sees none of it.
        assert_eq!(runtime.refused_post(&"nachbarstadt".into(), 10).await.unwrap(), []);
        // A folder that is gone is told.
        fs::rename(world.dir.join("scan"), world.dir.join("weg")).unwrap();
        let told = runtime.refused_post(&tenant(), 10).await.unwrap();
        assert_eq!(told.iter().map(|(_, it)| it.name.clone()).collect::<Vec<_>>(), [None]);
        assert_eq!(take(&runtime).await, NOTHING);
        runtime.store().close().await;
    });
}

/// A server that is killed when the item is stored and the file still lies there: the next one finds the file, knows the item, and
/// puts the file away. Two servers on the same folder make one item as well.
#[test]
fn a_crash_between_storing_and_putting_away_makes_no_second_item() {
    on_both("crash", async |world| {
        let runtime = world.server().await;
        let cut_off = Arc::new(CutOff(world.scan(), AtomicBool::new(false)));
        runtime.set_post_sources(vec![(tenant(), cut_off.clone())]);
        world.put("scan/Brief.pdf", b"%PDF-1.7 Brief\n%%EOF");
        take_all(&runtime).await;
        assert!(cut_off.1.load(Ordering::SeqCst), "it was not cut off there");
        assert_eq!((items(&runtime).await.len(), world.names("scan")), (1, vec!["Brief.pdf".to_owned()]));
        runtime.store().close().await;
        let one = world.server().await;
        // The embedded database has one server; there two look at the folder at once.
        let two = match world.place {
            Place::Postgres { .. } => world.server().await,
            Place::Sqlite { .. } => one.clone(),
        };
        for runtime in [&one, &two] {
            runtime.set_post_sources(vec![(tenant(), world.scan())]);
            take(runtime).await;
        }
        world.put("scan/Noch einer.pdf", b"%PDF-1.7 noch einer\n%%EOF");
        tokio::join!(take_all(&one), take_all(&two));
        assert_eq!(items(&two).await.len(), 2);
        assert_eq!(world.names("scan"), [] as [String; 0]);
        assert_eq!(world.names("scan/taken"), ["Brief.pdf", "Noch einer.pdf"]);
        one.store().close().await;
        two.store().close().await;
    });
}

/// The day of receipt of a mail is that of the authority's server, whatever the sender writes.
#[test]
fn a_mail_becomes_an_item_with_its_text_and_attachments() {
    on_both("mail", async |world| {
        let runtime = world.server().await;
        runtime.set_post_sources(vec![(tenant(), world.mail())]);
        let mail = include_str!("mail.eml").replace('\n', "\r\n");
        world.put("mail/new/1741.M1P2.server", mail.as_bytes());
        assert_eq!(take(&runtime).await, PostTaken { taken: 1, refused: 0 });
        let expected = json!([{
            "subject": "Nachweise zu 32-2026/001: Größe", "sender": "Erika Müller", "email": "erika@example.org",
            "source": "E-Mail: abc@example.org", "confirmed": false, "channel": "email", "received_on": "2026-03-07",
            "documents": [
                ["E-Mail.txt", "text/plain", "2026-03-07"],
                ["Lageplan.pdf", "application/pdf", "2026-03-07"],
            ],
        }]);
        assert_eq!(Value::from(items(&runtime).await), expected);
        let text = text_of(&runtime, 1).await;
        for part in [
            "Von: Erika Müller <erika@example.org>\n",
            "Betreff: Nachweise zu 32-2026/001: Größe\n",
            "Anbei der Lageplan.",
            "- setup.exe: ",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert_eq!(world.names("mail/new"), [] as [String; 0]);
        assert_eq!(world.names("mail/cur"), ["1741.M1P2.server:2,S"]);
        // What is no mail stays readable for a person.
        world.put("mail/new/1742.server", b"\0\0\0");
        assert_eq!(take(&runtime).await, PostTaken { taken: 0, refused: 1 });
        assert_eq!(world.names("mail/refused"), ["1742.server", "1742.server.grund.txt"]);
        runtime.store().close().await;
    });
}

/// Whoever looks at the page makes no file complete, and a reason is never written or read through a link.
#[test]
fn a_look_at_the_page_changes_nothing() {
    on_both("page", async |world| {
        let runtime = world.server().await;
        runtime.set_post_sources(vec![(tenant(), world.scan())]);
        world.put("scan/halb.pdf", b"%PDF-1.7 die erste Ha");
        for _ in 0..3 {
            assert_eq!(runtime.refused_post(&tenant(), 10).await.unwrap(), []);
        }
        assert_eq!(take(&runtime).await, NOTHING);
        world.put("keys.db", b"geheim");
        let aside = world.dir.join("scan/refused");
        std::os::unix::fs::symlink(world.dir.join("keys.db"), aside.join("x.exe.grund.txt")).unwrap();
        world.put("scan/x.exe", b"MZ");
        take_all(&runtime).await;
        take(&runtime).await;
        assert_eq!(fs::read(world.dir.join("keys.db")).unwrap(), b"geheim");
        let told = runtime.refused_post(&tenant(), 10).await.unwrap();
        let told: Vec<_> = told.into_iter().map(|(_, it)| (it.name.unwrap(), it.why)).collect();
        let half =
            told.iter().find(|(name, _)| name == "halb.pdf").map(|(_, why)| why.contains("fehlt das Ende"));
        assert_eq!((told.len(), half), (2, Some(true)), "{told:?}");
        assert!(told.contains(&("x.exe".to_owned(), String::new())), "{told:?}");
        assert_eq!(items(&runtime).await, [] as [Value; 0]);
        runtime.store().close().await;
    });
}

/// An authority without room, or a mail that nobody can read, keeps no other post from coming in; it waits, or is put aside.
#[test]
fn what_cannot_be_stored_holds_up_nothing_else() {
    on_both("beside", async |world| {
        let runtime = world.server().await;
        runtime.set_post_sources(vec![("nirgendwo".into(), world.scan()), (tenant(), world.mail())]);
        world.put("scan/Brief.pdf", b"%PDF-1.7 Brief\n%%EOF");
        let head = "Received: from a by b; Fri, 6 Mar 2026 14:30:00 +0000\r\nFrom: a@example.org\r\nSubject: Viel\r\n";
        let nested = format!("{head}{}", "Content-Type: message/rfc822\r\n\r\n".repeat(50_000));
        world.put("mail/new/1.tief", nested.as_bytes());
        let parts = "--a\r\nContent-Type: multipart/mixed; BOUNDARY=b\r\n\r\n".repeat(20_000);
        let many = format!("{head}Content-Type: multipart/mixed; boundary=a\r\n\r\n{parts}");
        world.put("mail/new/2.breit", many.as_bytes());
        let large = format!(
            "{head}Content-Type: application/pdf; name=a.pdf\r\n\r\n%PDF-1.7{}",
            "x".repeat(26_000_000)
        );
        world.put("mail/new/3.gross", large.as_bytes());
        let texts = "--a\r\nContent-Type: text/plain\r\n\r\nDavor.\r\n--a\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment\r\n\r\n%PDF-1.7\r\n--a\r\nContent-Type: text/plain\r\n\r\nDahinter.\r\n--a--\r\n";
        let several = format!("{head}Content-Type: multipart/mixed; boundary=a\r\n\r\n{texts}")
            .replace("Viel", "Alles");
        world.put("mail/new/4.mehrere", several.as_bytes());
        take(&runtime).await;
        assert_eq!(take_all(&runtime).await, NOTHING, "all was done in the first look");
        assert_eq!(
            world.names("mail/refused"),
            ["1.tief", "1.tief.grund.txt", "2.breit", "2.breit.grund.txt"]
        );
        let subjects: Vec<Value> =
            items(&runtime).await.into_iter().map(|item| item["subject"].clone()).collect();
        assert_eq!(subjects, ["Alles", "Viel"]);
        assert_eq!(world.names("scan"), ["Brief.pdf"]);
        let all = items(&runtime).await;
        assert_eq!(
            all[0]["documents"],
            json!([["E-Mail.txt", "text/plain", "2026-03-06"], ["a.pdf", "application/pdf", "2026-03-06"]])
        );
        assert_eq!(all[1]["documents"], json!([["E-Mail.txt", "text/plain", "2026-03-06"]]));
        runtime.store().close().await;
    });
}

/// What a scanner writes on after a pause is never lost: a PDF without its end waits, and what was taken and grows comes back.
#[test]
fn a_scan_that_goes_on_is_taken_as_a_whole() {
    on_both("pause", async |world| {
        let runtime = world.server().await;
        runtime.set_post_sources(vec![(tenant(), world.scan())]);
        world.put("scan/a.pdf", b"%PDF-1.7 Seite 1");
        assert_eq!(take_all(&runtime).await, NOTHING);
        let told = runtime.refused_post(&tenant(), 10).await.unwrap();
        assert_eq!(told.iter().map(|(_, it)| it.name.as_deref()).collect::<Vec<_>>(), [Some("a.pdf")]);
        world.put("scan/a.pdf", b"%PDF-1.7 Seite 1, Seite 2\n%%EOF");
        assert_eq!(take_all(&runtime).await, PostTaken { taken: 1, refused: 0 });
        assert_eq!(runtime.refused_post(&tenant(), 10).await.unwrap(), []);
        // Pictures have no end: the scanner writes on into the file that was moved.
        world.put("scan/b.tif", b"II*\0 Seite 1");
        assert_eq!(take_all(&runtime).await, PostTaken { taken: 1, refused: 0 });
        world.put("scan/taken/b.tif", b"II*\0 Seite 1, Seite 2");
        assert_eq!(take(&runtime).await, NOTHING);
        assert_eq!(world.names("scan"), ["b.tif"]);
        assert_eq!(take_all(&runtime).await, PostTaken { taken: 1, refused: 0 });
        assert_eq!(
            (items(&runtime).await.len(), world.names("scan/taken")),
            (3, vec!["a.pdf".to_owned(), "b.tif".to_owned()])
        );
        runtime.store().close().await;
    });
}

/// Another file took the place of the one that was read, before that was put away.
#[test]
fn what_took_the_place_of_a_scan_is_taken_too() {
    on_both("place", async |world| {
        let runtime = world.server().await;
        let source = world.scan();
        world.put("scan/scan.pdf", b"%PDF-1.7 eins\n%%EOF");
        let Ok(Some(read)) = source.read("scan.pdf") else { panic!("it is not read") };
        world.put("scan/scan.pdf", b"%PDF-1.7 zwei\n%%EOF");
        source.taken("scan.pdf", &read.id).unwrap();
        assert_eq!((world.names("scan"), world.names("scan/taken")), (vec!["scan.pdf".to_owned()], vec![]));
        runtime.set_post_sources(vec![(tenant(), source)]);
        assert_eq!(take_all(&runtime).await, PostTaken { taken: 1, refused: 0 });
        runtime.store().close().await;
    });
}

/// A source whose files cannot be put away, or read now.
struct Stuck {
    names: Vec<String>,
    unread: bool,
}

impl PostSource for Stuck {
    fn title(&self) -> String {
        "/srv/scan".into()
    }
    fn waiting(&self) -> Result<Vec<String>, String> {
        Ok(self.names.clone())
    }
    fn readable(&self) -> Result<(), String> {
        Ok(())
    }
    fn read(&self, name: &str) -> Result<Option<Arrived>, Unread> {
        if self.unread {
            return Err(Unread::Later(Text::new(
                "Das Laufwerk antwortet nicht.",
                "The drive does not answer.",
            )));
        }
        Ok(Some(Arrived {
            channel: "post",
            at: FRIDAY.parse().unwrap(),
            id: name.into(),
            source: name.into(),
            subject: name.into(),
            sender: None,
            email: None,
            files: Vec::new(),
            lenient: false,
        }))
    }
    fn taken(&self, _: &str, _: &str) -> Result<(), String> {
        Err("permission denied".into())
    }
    fn refuse(&self, name: &str, _: &Text) -> Result<(), String> {
        panic!("{name} is put aside")
    }
    fn refused(&self, _: usize) -> Vec<RefusedThere> {
        Vec::new()
    }
}

/// What stays in a folder keeps nothing behind it from coming in, and is told with the reason.
#[test]
fn what_stays_holds_up_nothing_and_is_told() {
    on_both("stuck", async |world| {
        let runtime = world.server().await;
        let names: Vec<String> = (0..101).map(|number| format!("{number:03}.pdf")).collect();
        runtime.set_post_sources(vec![(tenant(), Arc::new(Stuck { names: names.clone(), unread: false }))]);
        take(&runtime).await;
        take(&runtime).await;
        let page = runtime.store().cases(&tenant(), &CaseQuery::default()).await.unwrap();
        assert_eq!(page.total.map(|total| total.count), Some(101));
        let told = runtime.refused_post(&tenant(), 200).await.unwrap();
        assert_eq!(told.len(), 101);
        assert!(told.iter().all(|(_, it)| it.why.contains("permission denied")), "{told:?}");
        // A drive that fails now says nothing about the post.
        runtime
            .set_post_sources(vec![(tenant(), Arc::new(Stuck { names: names[..1].to_vec(), unread: true }))]);
        assert_eq!(take(&runtime).await, NOTHING);
        let told = runtime.refused_post(&tenant(), 10).await.unwrap();
        let told: Vec<_> = told.into_iter().map(|(_, it)| (it.name, it.why)).collect();
        assert_eq!(told, [(Some("000.pdf".to_owned()), "Das Laufwerk antwortet nicht.".to_owned())]);
        runtime.store().close().await;
    });
}

/// What a mail says is read whatever kinds of files the authority takes; and what waits because the post is not in use is told.
#[test]
fn a_mail_is_read_whatever_files_are_taken_and_what_waits_is_told() {
    on_both("kinds", async |world| {
        let runtime = world.server().await;
        runtime.set_post_sources(vec![(tenant(), world.mail())]);
        let change = async |command: AuthorityCommand| {
            let administrator = Actor::Person("ada".into());
            runtime.change(&tenant(), administrator, Uuid::now_v7(), command).await.unwrap();
        };
        let only_pdf = Policy { document_kinds: [DocumentKind::Pdf].into(), ..Policy::default() };
        change(AuthorityCommand::SetPolicy(only_pdf)).await;
        let mail = include_str!("mail.eml").replace('\n', "\r\n");
        world.put("mail/new/1741.M1P2.server", mail.as_bytes());
        assert_eq!(take(&runtime).await, PostTaken { taken: 1, refused: 0 });
        assert!(text_of(&runtime, 1).await.contains("Anbei der Lageplan."));
        change(AuthorityCommand::Retire { process: "incoming-post".into() }).await;
        world.put("mail/new/1742.server", mail.as_bytes());
        assert_eq!(take(&runtime).await, NOTHING);
        let told = runtime.refused_post(&tenant(), 10).await.unwrap();
        let told: Vec<_> = told.into_iter().map(|(_, it)| (it.name, it.why)).collect();
        assert!(
            matches!(told.as_slice(), [(None, why)] if why.starts_with("Hier warten Dateien (1)")),
            "{told:?}"
        );
        runtime.store().close().await;
    });
}
