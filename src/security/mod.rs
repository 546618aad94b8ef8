//! Keys and tokens: types that cannot be printed or serialised, and the cryptography they are used for.

pub mod common_passwords;
pub mod password_hashing;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305,
    aead::{Aead as _, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::random::Random;

/// 256 bits, zeroed when dropped.
type Key = Zeroizing<[u8; 32]>;

/// A random token of 256 bits that a browser or an email carries (ASVS 7.2.3). Only its [`Token::hash`] is ever stored.
#[derive(Clone)]
pub struct Token(Key);

/// SHA-256 of a [`Token`]: what the database stores of it.
pub type TokenHash = Vec<u8>;

impl Token {
    /// Creates a random token.
    #[must_use]
    pub fn new(random: &Random) -> Self {
        Self(random.bytes().into())
    }

    /// Parses the value of a cookie; `None` unless it has the shape of a token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::of(Zeroizing::new(URL_SAFE_NO_PAD.decode(text).ok()?))
    }

    fn of(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        let mut token = Key::default();
        (bytes.len() == token.len()).then(|| {
            token.copy_from_slice(&bytes);
            Self(token)
        })
    }

    /// Returns the text for the cookie.
    #[must_use]
    pub fn expose_secret(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0.as_slice())
    }

    /// Returns what is stored and looked up.
    #[must_use]
    pub fn hash(&self) -> TokenHash {
        Sha256::digest(self.0.as_slice()).to_vec()
    }
}

/// The keys that are derived from the secret (HKDF-SHA-256, RFC 5869). They are zeroed when dropped, like tokens.
pub struct KeyRing {
    code: Key,
    saved_code: Key,
    throttle: Key,
    retired: Key,
    qr: Key,
    email: Key,
    flash: Key,
    proof: Key,
    press: Key,
    pressed: Key,
    owner: Key,
}

/// What a MAC is made for; each purpose has a key of its own.
#[derive(Clone, Copy)]
pub enum MacFor {
    /// Emailed codes.
    Code,
    /// Backup codes.
    SavedCode,
    /// Keys of counters.
    Throttle,
    /// Usernames of deleted accounts.
    Retired,
    /// What a computer shows that requests to be signed in by a phone.
    Qr,
    /// Presses of a button.
    Press,
    /// The owner of something that a browser keeps.
    Owner,
}

/// What is sealed; each purpose has a key of its own.
#[derive(Clone, Copy)]
pub enum SealFor {
    /// Emails that wait in the outbox.
    Email,
    /// What was typed into a form that is shown again.
    Flash,
    /// What a form answered, for a second press of its button.
    Press,
}

impl KeyRing {
    /// Derives all keys from `secret` (32 bytes or more).
    #[must_use]
    pub fn derive(secret: &[u8]) -> Self {
        let hkdf = Hkdf::<Sha256>::new(None, secret);
        let key = |info: &str| {
            let mut key = Key::default();
            // 32 bytes are always within HKDF-SHA-256's limit of 255 blocks.
            let _ = hkdf.expand(info.as_bytes(), key.as_mut_slice());
            key
        };
        Self {
            code: key("latchkey code mac v1"),
            saved_code: key("latchkey saved code mac v1"),
            throttle: key("latchkey throttle mac v1"),
            retired: key("latchkey retired login mac v1"),
            qr: key("latchkey qr request mac v1"),
            email: key("latchkey letter seal v1"),
            flash: key("latchkey draft seal v1"),
            proof: key("latchkey proof hmac v1"),
            press: key("latchkey press mac v1"),
            pressed: key("latchkey press seal v1"),
            owner: key("latchkey owner mac v1"),
        }
    }

    /// Computes HMAC-SHA-256 over `parts`, each preceded by its length so that no two lists of parts have the same
    /// input.
    #[must_use]
    pub fn mac(&self, purpose: MacFor, parts: &[&str]) -> Vec<u8> {
        let key = match purpose {
            MacFor::Code => &self.code,
            MacFor::SavedCode => &self.saved_code,
            MacFor::Throttle => &self.throttle,
            MacFor::Retired => &self.retired,
            MacFor::Qr => &self.qr,
            MacFor::Press => &self.press,
            MacFor::Owner => &self.owner,
        };
        // HMAC takes keys of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_slice()) else { return Vec::new() };
        for part in parts {
            mac.update(&(part.len() as u64).to_le_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().to_vec()
    }

    /// Derives a token from `parts`: only a caller who has them and the key can make the same one again. `None` only if
    /// no MAC can be made.
    #[must_use]
    pub fn token(&self, purpose: MacFor, parts: &[&str]) -> Option<Token> {
        Token::of(Zeroizing::new(self.mac(purpose, parts)))
    }

    /// Encrypts `plain`, bound to `context` (XChaCha20-Poly1305, random nonce).
    /// `None` only if `plain` is too large for the cipher.
    #[must_use]
    pub fn seal(
        &self,
        purpose: SealFor,
        random: &Random,
        context: &str,
        plain: &[u8],
    ) -> Option<Vec<u8>> {
        let nonce: [u8; 24] = random.bytes();
        let sealed = self
            .cipher(purpose)
            .encrypt(&nonce.into(), Payload { msg: plain, aad: context.as_bytes() })
            .ok()?;
        Some([&nonce[..], &sealed].concat())
    }

    /// Decrypts what [`KeyRing::seal`] made for the same purpose and context.
    #[must_use]
    pub fn open(&self, purpose: SealFor, context: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let (nonce, sealed) = sealed.split_first_chunk::<24>()?;
        self.cipher(purpose)
            .decrypt(&(*nonce).into(), Payload { msg: sealed, aad: context.as_bytes() })
            .ok()
    }

    /// Returns the key of the captcha, as text, because that is what the `altcha` crate takes.
    #[must_use]
    pub fn captcha_key(&self) -> String {
        STANDARD.encode(self.proof.as_slice())
    }

    fn cipher(&self, purpose: SealFor) -> XChaCha20Poly1305 {
        let key = match purpose {
            SealFor::Email => &self.email,
            SealFor::Flash => &self.flash,
            SealFor::Press => &self.pressed,
        };
        let key: &[u8; 32] = key;
        XChaCha20Poly1305::new(key.into())
    }
}
