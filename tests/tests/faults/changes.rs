//! Commits that a server of databases refuses for now, or after which nobody knows what came of them, are no matter of whoever
//! changes an authority: it is begun anew, and done once.

use std::collections::BTreeMap;

use fachwerk_core::{
    authority::AuthorityCommand,
    facts::Actor,
    words::{RoleId, Timestamp},
};
use fachwerk_runtime::{Runtime, clock::Clock};
use fachwerk_store::{Place, Store};
use fachwerk_tests::{journal, small_process, town::tenant};
use uuid::Uuid;

use crate::{executor, servers::Server};

/// How often the next commits of turns fail, and as what: a sequence counts on when a transaction is taken back.
const REFUSING: &str = "
create sequence commits;
create table refusing (times bigint, state text);
create procedure refuse_next(times bigint, state text) language plpgsql as $$
begin
    delete from refusing;
    insert into refusing values (times, state);
    perform setval('commits', 1, false);
end $$;
call refuse_next(0, '');
create function refuse() returns trigger language plpgsql as $$
declare r refusing;
begin
    select * into r from refusing;
    if nextval('commits') <= r.times then raise exception 'not now' using errcode = r.state; end if;
    return null;
end $$;
create constraint trigger refuse after insert on journal deferrable initially deferred
    for each row execute function refuse()";

#[test]
fn changes_of_an_authority_are_begun_anew() {
    let Some(server) = Server::start() else { return };
    let place = Place::Postgres { url: format!("postgres://fachwerk@127.0.0.1:{}/postgres", server.port()) };
    executor(2).block_on(async {
        let store = Store::open(&place).await.expect("the store opens");
        let engine = Runtime::new(store, Clock::stopped_at(Timestamp::UNIX_EPOCH), BTreeMap::new());
        small_process::found(&engine).await.expect("the authority is set up");
        server.sql(REFUSING);
        // Of the first one it is certain that nothing is stored, of the second one it is not.
        for (number, (state, times)) in
            [("40001", 1), ("P0001", 1), ("40P01", 5), ("P0001", 5)].iter().enumerate()
        {
            server.sql(&format!("call refuse_next({times}, '{state}')"));
            let command_id = Uuid::from_u128(number as u128 + 1);
            let name = format!("Nora {number}");
            let command = AuthorityCommand::SetPerson {
                person: "nora".into(),
                name: name.as_str().into(),
                roles: [RoleId::from("clerk")].into(),
                active: true,
            };
            let changed = engine.change(&tenant(), Actor::Engine, command_id, command).await;
            let after = changed.unwrap_or_else(|error| panic!("{state} {times} times: {error}"));
            assert_eq!(*after.people["nora"].name, *name, "{state} {times} times");
            // The commits were refused so often, and then one was not.
            server.sql(&format!("do $$ begin assert (select last_value from commits) > {times}; end $$"));
            let turns = journal::whole(engine.store()).await.expect("the journal is whole");
            let done = turns.iter().filter(|stored| journal::command_id(&stored.turn) == command_id).count();
            assert_eq!(done, 1, "{state} {times} times");
        }
        engine.store().close().await;
    });
}
