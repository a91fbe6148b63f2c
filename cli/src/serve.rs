//! `fachwerk serve`

use std::{io::IsTerminal, net::SocketAddr, sync::Arc};

use fachwerk_core::words::Land;
use fachwerk_designer_api::{Api, Options};
use fachwerk_runtime::{Runtime, clock::Clock};
use tokio::net::TcpListener;

use crate::{
    End, Failure, connectors, demo, files,
    founding::{self, Wanted},
    local::{Location, block_on},
    output::say,
    sources,
};

/// What `serve` takes.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(flatten)]
    location: Location,
    /// The address that leads to the PostgreSQL server past a pooler (`--database ...?pooler=transaction`): by it servers hear
    /// at once what others store.
    #[arg(
        long,
        env = "FACHWERK_DATABASE_DIRECT",
        value_name = "URL",
        hide_env_values = true,
        requires = "database"
    )]
    database_direct: Option<String>,
    /// Where to listen.
    #[arg(long, env = "FACHWERK_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS:PORT", value_parser = address)]
    listen: SocketAddr,
    /// The address by which browsers reach the server; `https://...` makes cookies travel over TLS only.
    #[arg(long, env = "FACHWERK_PUBLIC_ADDRESS", value_name = "URL")]
    public_address: Option<String>,
    /// Serve a demo authority with examples and well-known passwords, on a clock that can be moved. Never for real work.
    #[arg(long, conflicts_with = "public_address")]
    demo: bool,
    /// Set this authority up, with all blocks of the program and the administrator `admin`, whose password is asked for in
    /// FACHWERK_ADMIN_PASSWORD; or finish that where it was broken off.
    #[arg(long, value_name = "TENANT", requires = "land", conflicts_with = "demo")]
    found: Option<String>,
    /// The Land of the authority that is set up, for example `ST`.
    #[arg(long, value_name = "LAND")]
    land: Option<Land>,
    /// Who the authority is that is set up: a file with what scenarios say under `tenant` (name, kind, key, street, ...). What
    /// is not said there is said later under Verwaltung → Behörde.
    #[arg(long, value_name = "FILE", requires = "found")]
    profile: Option<std::path::PathBuf>,
    /// A folder that a scanner fills, and the authority that it belongs to; several times. Its files become items of the incoming
    /// post and are moved to the folder `taken` in it, or to `refused` with the reason.
    #[arg(long, env = "FACHWERK_SCAN_FOLDER", value_name = "TENANT=DIR", value_delimiter = ',')]
    scan_folder: Vec<String>,
    /// A mailbox on disk (Maildir) whose new mails become items of the incoming post, and the authority that it belongs to.
    #[arg(long, env = "FACHWERK_MAILDIR", value_name = "TENANT=DIR", value_delimiter = ',')]
    maildir: Vec<String>,
    /// Move documents that lie elsewhere to where new ones lie, while the server works.
    #[arg(long)]
    move_documents: bool,
    /// Have a connector `bench` that answers at once, with nothing: for `fachwerk bench`.
    #[arg(long, hide = true)]
    bench_connector: bool,
}

/// Serves until told to stop.
pub fn run(arguments: &Arguments) -> Result<End, Failure> {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("FACHWERK_LOG")
                .unwrap_or_else(|_| "info,sqlx=warn".into()),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    // What cannot be is said before anything is made.
    let founding = match (&arguments.found, arguments.land) {
        (Some(tenant), Some(land)) => Some(Wanted::read(tenant, land, arguments.profile.as_deref())?),
        _ => None,
    };
    let sources = sources::of(&arguments.scan_folder, &arguments.maildir)?;
    block_on(async {
        let store = arguments.location.open_store().await?;
        let clock = if arguments.demo { arguments.location.clock()? } else { Clock::system() };
        let kept_clock = arguments.location.kept_clock();
        let mut all = connectors::all();
        all.extend(arguments.bench_connector.then(connectors::at_once));
        let runtime = Runtime::with_direct(store, clock, all, arguments.database_direct.clone());
        let secure =
            arguments.public_address.as_deref().is_some_and(|address| address.starts_with("https://"));
        let options = Options {
            demo: arguments.demo,
            clock_moved: Arc::new(move |clock| {
                kept_clock.as_deref().map_or(Ok(()), |dir| demo::keep_clock(dir, clock))
            }),
            secure_cookies: secure,
            drafts: files::built_in_examples(),
            previewer: connectors::previewed,
            printer: fachwerk_letter::batch,
            ..Options::new(connectors::simulated)
        };
        let api = Api { runtime: runtime.clone(), options };
        // Before anything is written: what is new in this program has no words in an older format.
        runtime.take_part().await.map_err(|error| error.text().en.to_string())?;
        runtime.renew_lists().await.map_err(|error| error.to_string())?;
        if arguments.demo {
            demo::prepare(&api).await?;
        } else {
            demo::refuse(&api).await?;
        }
        if let Some(wanted) = &founding {
            founding::found(&api, wanted).await?;
        }
        founding::tell_unfinished(&runtime).await?;
        let listener = TcpListener::bind(arguments.listen).await.map_err(|error| {
            format!("{} cannot be listened on: {error}; choose another with --listen", arguments.listen)
        })?;
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        announce(arguments, address);
        sources::check(&runtime, &sources).await?;
        runtime.set_post_sources(sources);
        let worker = runtime.start_background();
        let moving = arguments.move_documents.then(|| tokio::spawn(move_documents(runtime.clone())));
        let watched = runtime.clone();
        let stop = async move {
            tokio::select! {
                () = told_to_stop() => {}
                _ = watched.outdated() => {}
            }
        };
        let served = fachwerk_designer_api::serve(listener, api, stop).await;
        runtime.end_background(worker).await;
        // What is moved half is removed by a sweep; the row says where all of it lies.
        moving.inspect(tokio::task::JoinHandle::abort);
        let outdated = runtime.why_outdated();
        runtime.store().close().await;
        served.map_err(|error| error.to_string())?;
        outdated.map_or(Ok(End::Good), |error| Err(error.text().en.to_string()))
    })
}

async fn move_documents(runtime: Runtime) {
    let told =
        |moved: &fachwerk_store::Moved| tracing::info!(documents = moved.documents, "documents are moved");
    match runtime.move_documents(told).await {
        Ok(moved) => tracing::info!(
            documents = moved.documents,
            unreadable = moved.unreadable,
            "all documents lie where new ones lie, except those that cannot be read"
        ),
        Err(error) => {
            tracing::error!(%error, "moving documents has ended; begin the server with --move-documents once more");
        }
    }
}

/// Where to listen, as it is written.
fn address(text: &str) -> Result<SocketAddr, String> {
    text.parse().map_err(|_| {
        let port = text.trim_start_matches(':').parse::<u16>().unwrap_or(8081);
        format!("an address with its port is needed, for example 127.0.0.1:{port}")
    })
}

fn announce(arguments: &Arguments, address: SocketAddr) {
    say(format!(
        "Fachwerk: {}",
        arguments.public_address.clone().unwrap_or_else(|| format!("http://{address}"))
    ));
    if arguments.demo {
        say(format!("Demo authority: {}", demo::TENANT));
        for (person, name, roles) in demo::PEOPLE {
            say(format!("  {person:<6} password {:<5} {name} ({})", demo::PASSWORD, roles.join(", ")));
        }
    }
    if !address.ip().is_loopback() && arguments.public_address.is_none() {
        eprintln!(
            "note: the server can be reached from outside without TLS; put a proxy with TLS before it and name it with --public-address"
        );
    }
}

/// Ends on Ctrl-C, or when the system asks for it.
async fn told_to_stop() {
    let interrupt = async {
        let _ = tokio::signal::ctrl_c().await;
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
