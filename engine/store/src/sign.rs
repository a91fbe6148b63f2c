//! Signatures over what must be provable outside: daily roots and certificates of erasure. Ed25519; the private key lies
//! with the keys, the public one in every signature. Whoever publishes blocks signs with a key of their own.

use std::fmt::Write as _;

use aws_lc_rs::{
    rand,
    signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey},
};
use fachwerk_core::package::is_public_key;
use serde::{Deserialize, Serialize};

use crate::{error::StoreError, keys::Keys, statement::Cell};

/// A signature, and the key to check it with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// The public key, in 64 hexadecimal digits.
    pub key: String,
    /// The signature, in 128 hexadecimal digits.
    pub value: String,
}

impl Signature {
    /// Whether it is one over these bytes.
    pub fn vouches_for(&self, bytes: &[u8]) -> bool {
        let (Some(key), Some(value)) = (bytes_of(&self.key), bytes_of(&self.value)) else { return false };
        if !is_public_key(&self.key) {
            return false;
        }
        UnparsedPublicKey::new(&ED25519, key).verify(bytes, &value).is_ok()
    }
}

/// What signs.
pub struct Signer(Ed25519KeyPair);

/// Bytes that no private key can be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no private key: 64 hexadecimal digits")]
pub struct BadKey;

impl Signer {
    /// The one of a private key, in 64 hexadecimal digits.
    pub fn of(secret: &str) -> Result<Signer, BadKey> {
        let seed = bytes_of(secret).filter(|seed| seed.len() == SEED_BYTES).ok_or(BadKey)?;
        Ed25519KeyPair::from_seed_unchecked(&seed).map(Signer).map_err(|_| BadKey)
    }

    /// A new private key, in 64 hexadecimal digits.
    pub fn new_secret() -> Result<String, StoreError> {
        fresh_seed().map(|seed| hex(&seed))
    }

    /// Signs these bytes.
    pub fn sign(&self, bytes: &[u8]) -> Signature {
        Signature { key: self.public_key(), value: hex(self.0.sign(bytes).as_ref()) }
    }

    /// The key to check its signatures with, in 64 hexadecimal digits.
    pub fn public_key(&self) -> String {
        hex(self.0.public_key().as_ref())
    }

    /// Whether a signature says that it is from here.
    pub(crate) fn is(&self, signature: &Signature) -> bool {
        signature.key == self.public_key()
    }
}

impl Keys {
    /// What signs here; made when it is asked for the first time.
    pub(crate) async fn signer(&self) -> Result<Signer, StoreError> {
        let mut there = self.seed().await?;
        if there.is_none() {
            let seed = fresh_seed()?;
            let sql =
                self.sql("insert into KEYS.signers (number, seed) values (1, $1) on conflict do nothing");
            self.database().writer().await?.run(sql, vec![Cell::Bytes(seed.to_vec())]).await?;
            there = self.seed().await?;
        }
        let seed = there.unwrap_or_default();
        let pair = Ed25519KeyPair::from_seed_unchecked(&seed);
        pair.map(Signer).map_err(|_| StoreError::corrupt("keys", "the key that signs is damaged"))
    }
}

const SEED_BYTES: usize = 32;

fn fresh_seed() -> Result<[u8; SEED_BYTES], StoreError> {
    let mut seed = [0; SEED_BYTES];
    rand::fill(&mut seed).map_err(|_| StoreError::fault("the machine has no random numbers"))?;
    Ok(seed)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing into a text cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn bytes_of(hex: &str) -> Option<Vec<u8>> {
    let digits = hex.as_bytes();
    if !digits.len().is_multiple_of(2) || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 8032, 7.1, test 2.
    #[test]
    fn signatures_are_those_of_the_standard() {
        let seed = bytes_of("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").unwrap();
        let signer = Signer(Ed25519KeyPair::from_seed_unchecked(&seed).unwrap());
        let signature = signer.sign(&[0x72]);
        let expected = Signature {
            key: "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c".into(),
            value: "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                    085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
                .into(),
        };
        assert_eq!(signature, expected);
        assert!(signature.vouches_for(&[0x72]) && signer.is(&signature));
        assert!(!signature.vouches_for(&[0x73]));
        let other = Signature { value: signature.value.replace('a', "b"), ..signature.clone() };
        assert!(!other.vouches_for(&[0x72]));
        assert!(!Signature { key: "x".into(), ..signature }.vouches_for(&[0x72]));
    }

    /// With these keys a signature of noughts would vouch for anything.
    #[test]
    fn a_signature_that_anybody_can_make_vouches_for_nothing() {
        for (key, value) in [("00", "00"), ("01", "00"), ("01", "01")] {
            let key = format!("{key}{}", "00".repeat(31));
            let value = format!("{value}{}", "00".repeat(63));
            assert!(!Signature { key, value }.vouches_for(b"a package"));
        }
    }
}
