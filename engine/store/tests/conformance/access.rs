//! Documents, passwords, sessions, tokens.

use fachwerk_core::words::{PersonId, TenantId, TokenId};
use fachwerk_store::{Hash, MAX_BLOB_BYTES, Session, StoreError, TokenSecret};

use crate::{
    builders::{at, beispielburg, musterstadt},
    world::World,
};

pub async fn blobs_are_kept_once(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let bytes: Vec<u8> = (0..=255).collect();
    let hash = store.put_blob(&tenant, bytes.clone()).await.unwrap();
    assert_eq!(hash, Hash::of(&bytes));
    assert_eq!(store.put_blob(&tenant, bytes.clone()).await.unwrap(), hash);
    assert_eq!(world.rows("blobs", &tenant).await, 1);
    assert_eq!(store.blob(&tenant, &hash).await.unwrap(), Some(bytes.clone()));
    assert_eq!(store.blob(&beispielburg(), &hash).await.unwrap(), None);
    assert_eq!(store.blob(&tenant, &Hash::of(b"other")).await.unwrap(), None);

    let pieces = vec![b"two".to_vec(), bytes, Vec::new(), b"two".to_vec()];
    let expected: Vec<Hash> = pieces.iter().map(|piece| Hash::of(piece)).collect();
    assert_eq!(store.put_blobs(&tenant, pieces).await.unwrap(), expected);
    assert_eq!(world.rows("blobs", &tenant).await, 3);
    assert_eq!(store.blob(&tenant, &expected[2]).await.unwrap(), Some(vec![]));

    let largest = vec![7; MAX_BLOB_BYTES];
    let hash = store.put_blob(&tenant, largest.clone()).await.unwrap();
    assert!(store.blob(&tenant, &hash).await.unwrap() == Some(largest));
    let limit = MAX_BLOB_BYTES as u64;
    let error =
        store.put_blobs(&tenant, vec![b"small".to_vec(), vec![7; MAX_BLOB_BYTES + 1]]).await.unwrap_err();
    assert_eq!(error, StoreError::TooLarge { what: "document_bytes", size: limit + 1, limit });
    assert_eq!(store.blob(&tenant, &Hash::of(b"small")).await.unwrap(), None, "all or none");

    let damaged = if world.is_postgres() { "cast('x' as bytea)" } else { "cast('x' as blob)" };
    world.tamper(&format!("update blobs set body = {damaged} where size = 3")).await;
    let error = store.blob(&tenant, &Hash::of(b"two")).await.unwrap_err();
    assert_eq!(error.code(), "store_corrupt");
}

pub async fn passwords_are_kept(world: &World) {
    let (store, tenant, anna) = (&world.store, musterstadt(), PersonId::from("anna"));
    assert_eq!(store.password_hash(&tenant, &anna).await.unwrap(), None);
    let session = Session {
        id_hash: Hash::of(b"anna"),
        tenant: tenant.clone(),
        person: anna.clone(),
        created_at: at(0),
        last_seen_at: at(0),
        expires_at: at(100),
        provisional: false,
    };
    store.put_session(&session).await.unwrap();
    let provisional = async || {
        store.session(&session.id_hash).await.unwrap().is_some_and(|(session, _)| session.provisional)
    };
    assert!(!provisional().await, "without a password there is none to be changed");
    store.set_password_hash(&tenant, &anna, ("first", true), at(1)).await.unwrap();
    assert!(provisional().await);
    store.set_password_hash(&tenant, &anna, ("second", false), at(2)).await.unwrap();
    store.set_password_hash(&beispielburg(), &anna, ("other", true), at(2)).await.unwrap();
    assert!(!provisional().await);
    assert_eq!(store.password_hash(&tenant, &anna).await.unwrap().as_deref(), Some("second"));
    assert_eq!(store.password_hash(&tenant, &"Anna".into()).await.unwrap(), None);
    assert!(store.delete_password(&tenant, &anna).await.unwrap());
    assert!(!store.delete_password(&tenant, &anna).await.unwrap());
    assert_eq!(store.password_hash(&tenant, &anna).await.unwrap(), None);
    assert_eq!(store.password_hash(&beispielburg(), &anna).await.unwrap().as_deref(), Some("other"));
}

pub async fn sessions_come_and_go(world: &World) {
    let store = &world.store;
    let session = |cookie: &[u8], person: &str, seen: i64, expires: i64| Session {
        id_hash: Hash::of(cookie),
        tenant: musterstadt(),
        person: person.into(),
        created_at: at(0),
        last_seen_at: at(seen),
        expires_at: at(expires),
        provisional: false,
    };
    let sessions = [
        session(b"1", "anna", 0, 100),
        session(b"2", "anna", 0, 50),
        session(b"3", "bert", 0, 100),
        session(b"4", "bert", 40, 60),
    ];
    for session in &sessions {
        store.put_session(session).await.unwrap();
        assert_eq!(store.session(&session.id_hash).await.unwrap(), Some((session.clone(), 0)));
    }
    let there = async || {
        let mut there = Vec::new();
        for (session, number) in sessions.iter().zip(1..) {
            if store.session(&session.id_hash).await.unwrap().is_some() {
                there.push(number);
            }
        }
        there
    };
    assert_eq!(store.session(&Hash::of(b"5")).await.unwrap(), None);
    assert!(store.put_session(&sessions[0]).await.is_err(), "a cookie is drawn once");

    assert!(store.touch_session(&Hash::of(b"1"), at(30)).await.unwrap());
    assert!(store.touch_session(&Hash::of(b"1"), at(20)).await.unwrap());
    assert_eq!(store.session(&Hash::of(b"1")).await.unwrap(), Some((session(b"1", "anna", 30, 100), 0)));
    assert!(!store.touch_session(&Hash::of(b"5"), at(30)).await.unwrap());

    assert_eq!(store.delete_expired_sessions(at(50), at(-1)).await.unwrap(), 1);
    assert_eq!(there().await, [1, 3, 4]);
    assert_eq!(store.delete_expired_sessions(at(50), at(29)).await.unwrap(), 1, "not used for long");
    assert_eq!(there().await, [1, 4]);
    assert!(store.delete_session(&Hash::of(b"4")).await.unwrap());
    assert!(!store.delete_session(&Hash::of(b"4")).await.unwrap());
    store.put_session(&session(b"5", "anna", 0, 100)).await.unwrap();
    assert_eq!(store.delete_sessions_of(&beispielburg(), &"anna".into()).await.unwrap(), 0);
    assert_eq!(store.delete_sessions_of(&musterstadt(), &"anna".into()).await.unwrap(), 2);
    assert_eq!(there().await, [0; 0]);
}

pub async fn tokens_come_and_go(world: &World) {
    let (store, tenant) = (&world.store, musterstadt());
    let secret = |secret: &[u8], tenant: TenantId, token: &str| TokenSecret {
        hash: Hash::of(secret),
        tenant,
        token: token.into(),
        last_used_at: None,
    };
    let mut ours = [secret(b"1", musterstadt(), "a"), secret(b"2", musterstadt(), "b")];
    let theirs = secret(b"3", beispielburg(), "a");
    for token in ours.iter().chain([&theirs]) {
        store.put_token(token).await.unwrap();
        assert_eq!(store.token(&token.hash).await.unwrap(), Some((token.clone(), 0)));
    }
    assert!(store.put_token(&secret(b"4", musterstadt(), "a")).await.is_err(), "an id is used once");
    let a = TokenId::from("a");
    assert_eq!(store.tokens(&tenant, None, 10).await.unwrap(), ours);
    assert_eq!(store.tokens(&tenant, None, 1).await.unwrap(), ours[..1]);
    assert_eq!(store.tokens(&tenant, Some(&a), 10).await.unwrap(), ours[1..]);
    for (now, kept) in [(5, 5), (9, 9), (7, 9)] {
        assert!(store.touch_token(&tenant, &a, at(now)).await.unwrap());
        ours[0].last_used_at = Some(at(kept));
        assert_eq!(store.tokens(&tenant, None, 10).await.unwrap(), ours);
    }
    assert_eq!(
        store.token(&theirs.hash).await.unwrap(),
        Some((theirs.clone(), 0)),
        "another authority's is untouched"
    );
    assert!(!store.touch_token(&tenant, &"c".into(), at(9)).await.unwrap());
    assert!(store.delete_token(&tenant, &a).await.unwrap());
    assert!(!store.delete_token(&tenant, &a).await.unwrap());
    assert_eq!(store.token(&ours[0].hash).await.unwrap(), None);
    assert_eq!(store.tokens(&tenant, None, 10).await.unwrap(), ours[1..]);
    assert_eq!(store.tokens(&beispielburg(), None, 10).await.unwrap(), [theirs]);
}
