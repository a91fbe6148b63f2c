//! Passwords: Argon2id, off the async threads, few at once, and as long for somebody unknown as for somebody known.

use std::sync::{Arc, OnceLock};

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::{limits, problem::Problem, shapes::Misfit};

/// Hashes and checks passwords. Parameters: those of the crate (Argon2id, 19 MiB, two passes), as OWASP's password
/// storage cheat sheet recommends.
#[derive(Clone, Debug)]
pub struct Passwords {
    places: Arc<Semaphore>,
    /// What the password of somebody unknown is compared with.
    nobody: Arc<OnceLock<String>>,
}

impl Default for Passwords {
    fn default() -> Passwords {
        let places = Arc::new(Semaphore::new(limits::PASSWORD_CHECKS));
        Passwords { places, nobody: Arc::default() }
    }
}

impl Passwords {
    /// Whether a password is the one that was stored. Without a stored one it takes as long and says no.
    pub async fn is_right(&self, stored: Option<String>, password: String) -> Result<bool, Problem> {
        let nobody = self.nobody.clone();
        self.apart(move || {
            let nobody = nobody.get_or_init(|| hashed("nobody has this password").unwrap_or_default());
            let known = stored.is_some();
            let stored = stored.as_deref().unwrap_or(nobody);
            // Nobody may keep a place busy with a password that cannot be right.
            let short_enough = password.chars().count() <= limits::PASSWORD_MAX_CHARS;
            let tried = if short_enough { password.as_bytes() } else { b"" };
            let parsed = PasswordHash::new(stored).map_err(|error| format!("a stored password: {error}"))?;
            Ok(Argon2::default().verify_password(tried, &parsed).is_ok() && known && short_enough)
        })
        .await
    }

    /// What a password is stored as.
    pub async fn hash(&self, password: String) -> Result<String, Problem> {
        self.apart(move || hashed(&password)).await
    }

    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = tokio::time::timeout(limits::PATIENCE, self.places.clone().acquire_owned()).await;
        let Ok(Ok(place)) = place else { return Err(Problem::busy("password_checks")) };
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(place);
            done
        });
        done.await.map_err(Problem::fault)?.map_err(Problem::fault)
    }
}

fn hashed(password: &str) -> Result<String, String> {
    let hash = Argon2::default().hash_password(password.as_bytes());
    hash.map(|hash| hash.to_string()).map_err(|error| format!("a password cannot be hashed: {error}"))
}

/// What is wrong with a new password. `field`: where it stands in the request. In a demo short ones are fine.
pub fn flaw(field: &str, password: &str, person: &str, demo: bool) -> Option<Misfit> {
    let length = password.chars().count();
    if length > limits::PASSWORD_MAX_CHARS {
        return Some(Misfit::new(
            field,
            "password_max_chars",
            format!("Höchstens {} Zeichen.", limits::PASSWORD_MAX_CHARS),
            format!("At most {} characters.", limits::PASSWORD_MAX_CHARS),
        ));
    }
    if password.trim().is_empty() || (length < limits::PASSWORD_MIN_CHARS && !demo) {
        return Some(Misfit::new(
            field,
            "password_min_chars",
            format!(
                "Mindestens {} Zeichen; ein Satz aus mehreren Wörtern ist leicht zu merken.",
                limits::PASSWORD_MIN_CHARS
            ),
            format!(
                "At least {} characters; a phrase of several words is easy to remember.",
                limits::PASSWORD_MIN_CHARS
            ),
        ));
    }
    let same = password.chars().next().is_none_or(|first| password.chars().all(|c| c == first));
    let is_name =
        password.to_lowercase().contains(&person.to_lowercase()) && length < person.chars().count() + 8;
    if !demo && (same || is_name) {
        return Some(Misfit::new(
            field,
            "password_guessable",
            "Dieses Passwort ist leicht zu erraten.",
            "This password is easy to guess.",
        ));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(password: &str, demo: bool, expected: Option<&str>) {
        let found = flaw("/new", password, "jan.muster", demo).map(|misfit| misfit.code);
        assert_eq!(found.as_deref(), expected, "{password}");
    }

    #[test]
    fn new_passwords_have_rules() {
        check("drei kleine Worte", false, None);
        check("zwölf+zeichä", false, None);
        check("elf zeichen", false, Some("password_min_chars"));
        check("demo", true, None);
        check("  ", true, Some("password_min_chars"));
        check("aaaaaaaaaaaaaaa", false, Some("password_guessable"));
        check("Jan.Muster123", false, Some("password_guessable"));
        check(&"x1".repeat(100), false, None);
        check(&"x1".repeat(101), true, Some("password_max_chars"));
    }

    #[tokio::test]
    async fn a_password_is_right_or_wrong() {
        let passwords = Passwords::default();
        let stored = passwords.hash("drei kleine Worte".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        for (stored, password, expected) in [
            (Some(stored.clone()), "drei kleine Worte".to_owned(), true),
            (Some(stored.clone()), "drei kleine worte".to_owned(), false),
            (Some(stored), "x".repeat(201), false),
            (None, "nobody has this password".to_owned(), false),
        ] {
            assert_eq!(passwords.is_right(stored, password.clone()).await.unwrap(), expected, "{password}");
        }
    }
}
