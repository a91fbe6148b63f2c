//! `fachwerk block`: blocks that travel as signed packages. Packing, signing and verifying need nothing but files.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use clap::Subcommand;
use fachwerk_core::{
    diagnostic::Problems,
    language::{Folder, check_block_folder, check_readme, read_block},
    package::{Package, PackageSignature},
};
use fachwerk_runtime::vouched;
use fachwerk_store::Signer;
use serde_json::{Value, json};

use crate::{
    End, Failure,
    files::{self, Kind},
    output::say,
    work::{Ask, PackageAsk, Place},
};

/// What `block` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make a key to sign packages with: FILE is secret, FILE.pub goes to those who install them.
    Key {
        /// Where the private key comes to lie; nothing may be there yet.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Put blocks together into a package.
    Pack {
        /// The folders of the blocks.
        #[arg(required = true)]
        paths: Vec<PathBuf>,
        /// The file of the package.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// The id of the package; that of the block when there is only one.
        #[arg(long)]
        id: Option<String>,
        /// Its version; that of the block when there is only one.
        #[arg(long = "as-version", value_name = "VERSION")]
        version: Option<String>,
        /// Which versions of this program it is for, for example `^1.2`; from the one at hand on when nothing is said.
        #[arg(long, value_name = "RANGE")]
        engine: Option<String>,
    },
    /// Sign a package.
    Sign {
        /// The package; it is written anew.
        package: PathBuf,
        /// The file of the private key.
        #[arg(long, value_name = "FILE")]
        key: PathBuf,
    },
    /// Look whether a package is whole and signed, and by whom; exit 1 when it is not.
    Verify {
        /// The package.
        package: PathBuf,
        /// The public key that must have signed it, or the file that holds it.
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
    },
    /// Install a package: all of its blocks, or none.
    Install {
        /// The package.
        package: PathBuf,
        #[command(flatten)]
        place: Place,
    },
    /// Take packages of a publisher.
    Trust {
        /// Its public key, or the file that holds it.
        key: String,
        /// What people call the publisher.
        #[arg(long)]
        name: String,
        #[command(flatten)]
        place: Place,
    },
    /// Take no more packages of a publisher; what was installed stays.
    Distrust {
        /// Its public key, or the file that holds it.
        key: String,
        #[command(flatten)]
        place: Place,
    },
    /// List whose packages are taken.
    Publishers {
        #[command(flatten)]
        place: Place,
    },
}

/// Does it.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    match &arguments.what {
        What::Key { out } => make_key(out),
        What::Pack { paths, out, id, version, engine } => {
            pack(paths, out, (id.as_deref(), version.as_deref()), engine.as_deref())
        }
        What::Sign { package, key } => sign(package, key),
        What::Verify { package, key } => verify(package, key.as_deref()),
        What::Install { package, place } => match read(package)? {
            Ok(package) => place.carry_out(&Ask::Package(PackageAsk::Install(Box::new(package)))),
            Err(refused) => Ok(refused),
        },
        What::Trust { key, name, place } => {
            place.carry_out(&Ask::Package(PackageAsk::Trust(public_key(key)?, name.clone())))
        }
        What::Distrust { key, place } => {
            place.carry_out(&Ask::Package(PackageAsk::Distrust(public_key(key)?)))
        }
        What::Publishers { place } => place.carry_out(&Ask::Package(PackageAsk::Publishers)),
    }
}

/// What a private key begins with. Both are 64 digits, and whoever signed with the public one would sign with what all know.
const PRIVATE: &str = "fachwerk-private-key";

fn make_key(out: &PathBuf) -> Result<End, Failure> {
    let secret = Signer::new_secret().map_err(|error| error.text().en.to_string())?;
    let public = Signer::of(&secret).map_err(|error| error.to_string())?.public_key();
    let beside = beside(out);
    write_new(&beside, &public)?;
    if let Err(failure) = write_new(out, &format!("{PRIVATE} {secret}")) {
        // Half of a pair is of no use; if it cannot be removed either, the first failure is the one to tell.
        let _ = fs::remove_file(&beside);
        return Err(failure);
    }
    say(json!({ "key": public, "private": out, "public": beside }));
    Ok(End::Good)
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".pub");
    name.into()
}

/// Writes a file that was not there, for its owner alone.
fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| writeln!(file, "{text}"));
    written.map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

fn pack(
    paths: &[PathBuf],
    out: &PathBuf,
    (id, version): (Option<&str>, Option<&str>),
    engine: Option<&str>,
) -> Result<End, Failure> {
    let found = files::find(paths)?;
    if let Some(process) = found.iter().find(|found| found.kind == Kind::Process) {
        let path = process.path.display();
        return Err(format!("{path} is a process; only blocks are packed"));
    }
    let folders: Vec<Folder> = found.into_iter().map(|found| found.folder).collect();
    let mut problems = Problems::default();
    let blocks: Vec<_> = folders.iter().filter_map(|folder| read_block(folder, &mut problems)).collect();
    if !problems.has_errors() {
        for folder in &folders {
            check_block_folder(folder, &mut problems);
            check_readme(folder, &mut problems);
        }
    }
    if problems.has_errors() {
        let problems = problems.into_sorted();
        for problem in &problems {
            let help = problem.help.as_ref().map_or_else(String::new, |help| format!(" {}", help.en));
            eprintln!("{}: {}{help}", problem.span, problem.message.en);
        }
        eprintln!("nothing was packed");
        return Ok(End::Problems);
    }
    let only = match blocks.as_slice() {
        [only] => Some((only.id.to_string(), only.version.to_string())),
        _ => None,
    };
    let several = "a package of several blocks needs an id and a version: --id ID --as-version VERSION";
    let named = |said: Option<&str>, own: Option<String>| said.map(str::to_owned).or(own).ok_or(several);
    let (own_id, own_version) = only.unzip();
    let (id, version) = (named(id, own_id)?, named(version, own_version)?);
    let engine = engine.map_or_else(|| format!("^{}", env!("CARGO_PKG_VERSION")), str::to_owned);
    match Package::pack((&id, &version), &engine, &folders) {
        Ok(package) => {
            write(out, &package)?;
            say(told(&package));
            Ok(End::Good)
        }
        Err(fault) => Ok(refused(&fault.to_string(), "nothing was packed")),
    }
}

fn sign(path: &PathBuf, key: &PathBuf) -> Result<End, Failure> {
    let secret =
        fs::read_to_string(key).map_err(|error| format!("{} cannot be read: {error}", key.display()))?;
    let signer = secret.trim().strip_prefix(PRIVATE).and_then(|hex| Signer::of(hex.trim()).ok());
    let signer = signer.ok_or_else(|| {
        format!(
            "{} holds no private key. Sign with the file that `fachwerk block key` made, not with the one that ends in .pub",
            key.display()
        )
    })?;
    let mut package = match read(path)? {
        Ok(package) => package,
        Err(refused) => return Ok(refused),
    };
    let signature = signer.sign(&package.signed_bytes());
    package.signature = Some(PackageSignature { key: signature.key.into(), value: signature.value.into() });
    write(path, &package)?;
    say(told(&package));
    Ok(End::Good)
}

fn verify(path: &PathBuf, key: Option<&str>) -> Result<End, Failure> {
    let wanted = key.map(public_key).transpose()?;
    let package = match read(path)? {
        Ok(package) => package,
        Err(refused) => return Ok(refused),
    };
    let origin = match vouched(&package) {
        Ok(origin) => origin,
        Err(fault) => return Ok(refused(&fault.to_string(), "do not install it")),
    };
    if wanted.is_some_and(|wanted| wanted != *origin.key) {
        let why = format!("the package is signed with another key: {}", origin.key);
        return Ok(refused(&why, "do not install it"));
    }
    if key.is_none() {
        eprintln!(
            "nobody has checked whose key this is: compare it with the one that its publisher has told, or give --key"
        );
    }
    say(told(&package));
    Ok(End::Good)
}

/// What is printed of a package.
fn told(package: &Package) -> Value {
    let manifest = &package.manifest;
    json!({
        "package": manifest.package, "version": manifest.version, "engine": manifest.engine,
        "blocks": manifest.blocks, "requires": manifest.requires, "files": manifest.files.len(),
        "hash": package.hash(), "key": package.signature.as_ref().map(|signature| &signature.key),
    })
}

fn refused(why: &str, end: &str) -> End {
    eprintln!("refused: {why}");
    eprintln!("{end}");
    End::Problems
}

/// A package that is whole; else what is wrong with it is told.
fn read(path: &PathBuf) -> Result<Result<Package, End>, Failure> {
    let bytes = fs::read(path).map_err(|error| format!("{} cannot be read: {error}", path.display()))?;
    Ok(Package::read(&bytes)
        .map_err(|fault| refused(&format!("{}: {fault}", path.display()), "nothing was changed")))
}

fn write(path: &PathBuf, package: &Package) -> Result<(), Failure> {
    let bytes = package.write().map_err(|fault| fault.to_string())?;
    let (name, folder) = (path.file_name().unwrap_or_default(), path.parent().unwrap_or(path));
    if path.exists() {
        return files::write(folder, &name.to_string_lossy(), &bytes);
    }
    fs::write(path, bytes).map_err(|error| format!("{} cannot be written: {error}", path.display()))
}

/// A public key as it is said, or as a file holds it.
fn public_key(said: &str) -> Result<String, Failure> {
    let is_key = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_key(said) {
        return Ok(said.to_ascii_lowercase());
    }
    let text = fs::read_to_string(said)
        .map_err(|error| format!("{said} is no public key (64 hexadecimal digits), and no file: {error}"))?;
    let text = text.trim();
    if is_key(text) { Ok(text.to_ascii_lowercase()) } else { Err(format!("{said} holds no public key")) }
}
