//! Signature version 4 in the headers of a request, as S3 has it:
//! <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>. The tests are the examples from there.

use aws_lc_rs::{digest, hmac};
use fachwerk_core::words::Timestamp;

/// The keys of an account.
pub(crate) struct Keys {
    pub id: String,
    pub secret: String,
    pub token: Option<String>,
}

/// What signs at an instant.
pub(crate) struct Signed<'a> {
    keys: &'a Keys,
    region: &'a str,
    /// `20130524T000000Z`
    at: String,
}

impl<'a> Signed<'a> {
    pub(crate) fn new(keys: &'a Keys, region: &'a str, now: Timestamp) -> Signed<'a> {
        Signed { keys, region, at: now.strftime("%Y%m%dT%H%M%SZ").to_string() }
    }

    /// The headers of a request without a query. The path has only letters that need no escape.
    pub(crate) fn headers(
        &self,
        method: &str,
        host: &str,
        path: &str,
        bytes: &[u8],
    ) -> Vec<(&'static str, String)> {
        let mut headers = vec![
            ("host", host.to_owned()),
            ("x-amz-content-sha256", hex(digest::digest(&digest::SHA256, bytes).as_ref())),
            ("x-amz-date", self.at.clone()),
        ];
        headers.extend(self.keys.token.clone().map(|token| ("x-amz-security-token", token)));
        self.signed(method, path, headers)
    }

    /// The headers, which stand in their order, with the signature over them.
    fn signed(
        &self,
        method: &str,
        path: &str,
        mut headers: Vec<(&'static str, String)>,
    ) -> Vec<(&'static str, String)> {
        let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines: String = headers.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        let payload = headers.iter().find(|(name, _)| *name == "x-amz-content-sha256");
        let payload = payload.map_or("", |(_, hash)| hash);
        let request = format!("{method}\n{path}\n\n{lines}\n{names}\n{payload}");
        let day = self.at.get(..8).unwrap_or_default();
        let scope = format!("{day}/{}/s3/aws4_request", self.region);
        let request = hex(digest::digest(&digest::SHA256, request.as_bytes()).as_ref());
        let text = format!("AWS4-HMAC-SHA256\n{}\n{scope}\n{request}", self.at);
        let secret = format!("AWS4{}", self.keys.secret).into_bytes();
        let key = [day, self.region, "s3", "aws4_request"].iter().fold(secret, |key, part| mac(&key, part));
        let signature = hex(&mac(&key, &text));
        let id = &self.keys.id;
        let authorization =
            format!("AWS4-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}");
        headers.push(("authorization", authorization));
        headers
    }
}

fn mac(key: &[u8], text: &str) -> Vec<u8> {
    hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), text.as_bytes()).as_ref().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An example of the documentation: its headers besides those that every request has.
    #[track_caller]
    fn check(method: &str, path: &str, bytes: &[u8], more: &[(&'static str, &str)], expected: &str) {
        let keys = Keys {
            id: "AKIAIOSFODNN7EXAMPLE".into(),
            secret: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".into(),
            token: None,
        };
        let now = "2013-05-24T00:00:00Z".parse().expect("an instant");
        let signed = Signed::new(&keys, "us-east-1", now);
        let mut headers = signed.headers(method, "examplebucket.s3.amazonaws.com", path, bytes);
        headers.pop();
        headers.extend(more.iter().map(|(name, value)| (*name, (*value).to_owned())));
        headers.sort();
        let (_, authorization) = signed.signed(method, path, headers).pop().expect("a signature");
        assert!(authorization.ends_with(&format!("Signature={expected}")), "{authorization}");
    }

    #[test]
    fn the_examples_of_the_documentation() {
        check(
            "GET",
            "/test.txt",
            b"",
            &[("range", "bytes=0-9")],
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        );
        check(
            "PUT",
            "/test%24file.text",
            b"Welcome to Amazon S3.",
            &[("date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        );
    }
}
