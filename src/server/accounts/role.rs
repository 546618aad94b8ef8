//! What an account may do.

/// What an account may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Role {
    /// Look after itself.
    #[default]
    Shopper,
    /// Answer in the support chat.
    Operator,
    /// Give roles, too.
    Admin,
}

impl Role {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Shopper, Self::Operator, Self::Admin];

    /// As stored, and as on the command line.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shopper => "shopper",
            Self::Operator => "operator",
            Self::Admin => "admin",
        }
    }

    /// Reads what [`Role::as_str`] wrote.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }

    /// Whether it opens the console.
    #[must_use]
    pub const fn is_staff(self) -> bool {
        matches!(self, Self::Operator | Self::Admin)
    }
}
