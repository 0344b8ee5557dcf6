//! The texts of seeded objects.

pub(crate) const FIRST_NAMES: &[&str] = &[
    "Jane", "Amara", "Mateo", "Yuki", "Priya", "Lars", "Noor", "Chloe", "Tomasz", "Leila", "Ben", "Sofia",
    "Diego", "Hana", "Omar", "Ingrid", "Kwame", "Lucia", "Viktor", "Aisha", "Pedro", "Mei", "Jonas", "Zara",
    "Ravi", "Elif", "Hugo", "Nadia", "Sven", "Carmen", "Tariq", "Olga", "Felix", "Ana", "Dmitri", "Rosa",
];
pub(crate) const LAST_NAMES: &[&str] = &[
    "Doe",
    "Okafor",
    "Alvarez",
    "Tanaka",
    "Raman",
    "Lindqvist",
    "Haddad",
    "Martin",
    "Nowak",
    "Farouk",
    "Carter",
    "Rossi",
    "Silva",
    "Kim",
    "Hassan",
    "Berg",
    "Mensah",
    "Moreno",
    "Petrov",
    "Khan",
    "Costa",
    "Chen",
    "Weber",
    "Patel",
    "Yilmaz",
    "Dubois",
    "Ivanova",
    "Olsen",
    "Reyes",
    "Schmidt",
    "Novak",
    "Santos",
];

/// Tickets: the title, the first message of the customer, a tag.
pub(crate) const TICKETS: &[(&str, &str, &str)] = &[
    ("Cannot log in to my account", "It says that my password is wrong, but I have just set it.", "login"),
    ("Charged twice this month", "There are two charges of the same amount on my card.", "billing"),
    ("Invoice PDF will not open", "The file is empty when I download it.", "billing"),
    ("How do I invite a teammate?", "I would like to add two colleagues. Where is that?", "question"),
    ("Export stops at 1,000 rows", "We have 4,200 rows, and the file ends after 1,000.", "bug"),
    ("Password reset mail never arrives", "I have looked in the spam folder as well.", "login"),
    ("Order still shows as pending", "It was delivered last week.", "orders"),
    ("Webhook stopped firing after the update", "The last one came on Tuesday evening.", "integration"),
    ("Change the owner of our workspace", "Our founder has left. Who can take over?", "account"),
    ("Page is slow in the morning", "Between eight and nine it takes ten seconds to load.", "performance"),
    ("Discount code is refused", "The code from the newsletter does not work.", "billing"),
    ("Please delete my data", "I no longer use the service.", "privacy"),
    ("Dates are shown in the wrong time zone", "Everything is seven hours off.", "bug"),
    ("Attachment is too large", "Our contract has 30 MB. Is there another way?", "question"),
    ("The app closes when I take a photo", "It happens on two phones since yesterday.", "bug"),
    ("Upgrade to the yearly plan", "Can we pay by bank transfer?", "billing"),
];
pub(crate) const REPLIES: &[&str] = &[
    "Thank you for writing. I am looking into it and will be back today.",
    "I have found the trigger and sent it to our engineers.",
    "That is done. Please sign in again and tell me whether it works now.",
    "Could you send me a screenshot of the message you see?",
    "I have refunded the second charge. It takes three to five days to arrive.",
];
pub(crate) const NOTES: &[&str] =
    &["Prefers to be called in the afternoon.", "Evaluating us against two others.", "Renewal in May."];

pub(crate) const GROUPS: &[(&str, &str)] = &[
    ("Enterprise", "Contracts with a service level of their own"),
    ("Beta testers", "Get new features first"),
    ("Nonprofits", "Half the price"),
];
pub(crate) const CATEGORIES: &[(&str, &str, &str, &str)] = &[
    ("Getting started", "The first ten minutes", "rocket", "#2563eb"),
    ("Billing", "Plans, invoices and refunds", "credit-card", "#16a34a"),
    ("Account and security", "Passwords, roles and sign-in", "lock", "#9333ea"),
    ("Integrations", "Webhooks, keys and other tools", "plug", "#ea580c"),
];
/// Articles: the index of the category, the title, the text, the status.
pub(crate) const ARTICLES: &[(usize, &str, &str, &str)] = &[
    (0, "Create your workspace", "Sign up, pick a name, and **invite** your first teammate.", "published"),
    (0, "Invite your teammates", "Open **Settings → Team** and enter their addresses.", "published"),
    (1, "Understand your invoice", "Each line stands for one seat and one month.", "published"),
    (1, "Ask for a refund", "Write to us within 30 days. We do not ask why.", "published"),
    (1, "Change your plan", "Upgrades count at once, downgrades from the next month on.", "draft"),
    (2, "Reset your password", "Choose *Forgot password* and follow the link within an hour.", "published"),
    (2, "Roles and what they may do", "An owner may do everything; a spectator may only look.", "published"),
    (2, "Sign in with a security key", "Any FIDO2 key works.", "archived"),
    (3, "Receive webhooks", "Register a URL, keep the secret, verify each signature.", "published"),
    (3, "API keys", "Secret keys stay on your server. Publishable ones may be in a browser.", "draft"),
];
/// Community posts: the title, the text, the status.
pub(crate) const POSTS: &[(&str, &str, &str)] = &[
    ("Dark mode for the dashboard", "My eyes would thank you at night.", "planned"),
    ("Keyboard shortcuts for the inbox", "Is there a list of them?", "answered"),
    ("Bulk edit of tags", "Changing 200 tickets one by one takes a day.", "under_review"),
    ("Calendar view for deadlines", "A week at a glance would help.", "open"),
    ("How do you sort your queue?", "Oldest first, or most urgent first?", "open"),
    ("Export to a spreadsheet", "With the custom fields, please.", "completed"),
];
