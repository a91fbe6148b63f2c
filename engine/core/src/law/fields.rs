//! What the rows of each table say, as people fill it in.

use crate::words::Text;

/// A field of the rows of a table.
#[derive(Debug, PartialEq)]
pub struct Field {
    /// Its name in the row.
    pub name: &'static str,
    /// What people read: German, English.
    title: (&'static str, &'static str),
    /// What is filled in.
    pub kind: FieldKind,
}

/// What is filled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldKind {
    /// A line of text.
    Line,
    /// Several lines of text.
    Long,
    /// A text in German and English: `{ de, en }`.
    Both,
    /// A day.
    Day,
    /// Yes or no.
    Flag,
    /// A whole number.
    Number,
    /// Several short texts.
    List,
    /// One of these.
    Choice(&'static [Choice]),
    /// Anything else, as data.
    Data,
}

/// What can be chosen.
#[derive(Debug, PartialEq, Eq)]
pub struct Choice {
    /// As it stands in the row.
    pub id: &'static str,
    title: (&'static str, &'static str),
}

impl Choice {
    /// What people read.
    pub fn title(&self) -> Text {
        Text::new(self.title.0, self.title.1)
    }
}

const ANY: Choice = Choice { id: "any", title: ("für alle", "for all") };
const BW: Choice = Choice { id: "BW", title: ("Baden-Württemberg", "Baden-Württemberg") };
const BY: Choice = Choice { id: "BY", title: ("Bayern", "Bayern") };
const BE: Choice = Choice { id: "BE", title: ("Berlin", "Berlin") };
const BB: Choice = Choice { id: "BB", title: ("Brandenburg", "Brandenburg") };
const HB: Choice = Choice { id: "HB", title: ("Bremen", "Bremen") };
const HH: Choice = Choice { id: "HH", title: ("Hamburg", "Hamburg") };
const HE: Choice = Choice { id: "HE", title: ("Hessen", "Hessen") };
const MV: Choice = Choice { id: "MV", title: ("Mecklenburg-Vorpommern", "Mecklenburg-Vorpommern") };
const NI: Choice = Choice { id: "NI", title: ("Niedersachsen", "Niedersachsen") };
const NW: Choice = Choice { id: "NW", title: ("Nordrhein-Westfalen", "Nordrhein-Westfalen") };
const RP: Choice = Choice { id: "RP", title: ("Rheinland-Pfalz", "Rheinland-Pfalz") };
const SL: Choice = Choice { id: "SL", title: ("Saarland", "Saarland") };
const SN: Choice = Choice { id: "SN", title: ("Sachsen", "Sachsen") };
const ST: Choice = Choice { id: "ST", title: ("Sachsen-Anhalt", "Sachsen-Anhalt") };
const SH: Choice = Choice { id: "SH", title: ("Schleswig-Holstein", "Schleswig-Holstein") };
const TH: Choice = Choice { id: "TH", title: ("Thüringen", "Thüringen") };
const UNKNOWN: Choice = Choice { id: "unknown", title: ("nicht bekannt", "not known") };
const MUNICIPALITY_IN_DISTRICT: Choice = Choice {
    id: "municipality-in-district",
    title: ("kreisangehörige Gemeinde", "municipality in a district"),
};
const JOINT_MUNICIPALITY: Choice =
    Choice { id: "joint-municipality", title: ("Verbandsgemeinde", "joint municipality") };
const INDEPENDENT_CITY: Choice =
    Choice { id: "independent-city", title: ("kreisfreie Stadt", "independent city") };
const DISTRICT: Choice = Choice { id: "district", title: ("Landkreis", "district") };
const SPECIAL_PURPOSE_ASSOCIATION: Choice =
    Choice { id: "special-purpose-association", title: ("Zweckverband", "special-purpose association") };
const STATE: Choice = Choice { id: "state", title: ("Landesbehörde", "authority of the Land") };
const OWN: Choice = Choice { id: "own", title: ("eigener Wirkungskreis", "own sphere") };
const TRANSFERRED: Choice =
    Choice { id: "transferred", title: ("übertragener Wirkungskreis", "transferred sphere") };
const VWGO: Choice = Choice { id: "VwGO", title: ("VwGO", "VwGO") };
const SGG: Choice = Choice { id: "SGG", title: ("SGG", "SGG") };
const OBJECTION: Choice = Choice { id: "objection", title: ("Widerspruch", "objection") };
const ACTION: Choice = Choice { id: "action", title: ("Klage", "action") };
const NONE: Choice = Choice { id: "none", title: ("keiner", "none") };
const FOLLOWS_MAIN: Choice =
    Choice { id: "follows-main", title: ("wie beim Hauptverwaltungsakt", "as of the main act") };
const ITSELF: Choice = Choice { id: "itself", title: ("die Behörde selbst", "the authority itself") };
const STATE_ADMINISTRATION: Choice = Choice {
    id: "state-administration",
    title: ("das Landesverwaltungsamt", "the administration of the Land"),
};
const COURT: Choice = Choice { id: "court", title: ("das Gericht", "the court") };
const ISSUING_AUTHORITY: Choice = Choice {
    id: "issuing-authority",
    title: ("der Behörde, die ihn erlassen hat", "the authority that issued it"),
};
const VWVFG: Choice = Choice { id: "VwVfG", title: ("VwVfG", "VwVfG") };
const AO: Choice = Choice { id: "AO", title: ("AO", "AO") };
const SGBX: Choice = Choice { id: "SGBX", title: ("SGB X", "SGB X") };
const POST: Choice = Choice { id: "post", title: ("Brief im Inland", "letter within Germany") };
const POST_ABROAD: Choice = Choice { id: "post-abroad", title: ("Brief ins Ausland", "letter abroad") };
const ELECTRONIC: Choice =
    Choice { id: "electronic", title: ("elektronisch übermittelt", "sent electronically") };
const PORTAL: Choice = Choice { id: "portal", title: ("Abruf im Portal", "retrieval on a portal") };
const MAILBOX: Choice =
    Choice { id: "mailbox", title: ("Postfach des Nutzerkontos", "mailbox of the account") };
const IN_PERSON: Choice = Choice { id: "in-person", title: ("Übergabe", "handed over") };
const REGISTERED_LETTER: Choice =
    Choice { id: "registered-letter", title: ("Einschreiben (Übergabe)", "registered letter") };
const DE_MAIL: Choice = Choice { id: "de-mail", title: ("De-Mail", "De-Mail") };
const SERVICE_WITH_PROOF: Choice =
    Choice { id: "service-with-proof", title: ("Zustellung mit Nachweis", "service with proof") };
const PUBLIC: Choice = Choice { id: "public", title: ("öffentliche Bekanntgabe", "public notification") };
const PUBLIC_SERVICE: Choice =
    Choice { id: "public-service", title: ("öffentliche Zustellung", "public service") };
const FICTION: Choice =
    Choice { id: "fiction", title: ("gilt nach einer Zahl von Tagen", "so long after dispatch") };
const SAME_DAY: Choice = Choice { id: "same-day", title: ("derselbe Tag", "the same day") };
const PROOF: Choice = Choice { id: "proof", title: ("der nachgewiesene Tag", "the proven day") };
const RETRIEVAL: Choice = Choice { id: "retrieval", title: ("Abruf", "retrieval") };
const POSTING: Choice = Choice { id: "posting", title: ("Aufgabe zur Post", "posting") };
const SENDING: Choice = Choice { id: "sending", title: ("Absendung", "sending") };
const NOTICE: Choice = Choice { id: "notice", title: ("Benachrichtigung", "notice") };
const PROVISION: Choice = Choice { id: "provision", title: ("Bereitstellung", "provision") };
const PUBLICATION: Choice = Choice { id: "publication", title: ("Bekanntmachung", "publication") };
const HANDING_OVER: Choice = Choice { id: "handing-over", title: ("Übergabe", "handing over") };
const RECEIPT: Choice = Choice { id: "receipt", title: ("Zugang", "receipt") };
const SERVICE: Choice = Choice { id: "service", title: ("Zustellung", "service") };

const ACT_ENDED: Choice = Choice { id: "act-ended", title: ("Ende der Amtshandlung", "end of the act") };
const BEGIN_OF_USE: Choice = Choice { id: "begin-of-use", title: ("Beginn der Nutzung", "begin of the use") };
const FIRST_DAY_OF_TAX_YEAR: Choice = Choice {
    id: "first-day-of-tax-year",
    title: ("erster Tag des Steuerjahres", "first day of the tax year"),
};
const FIXED: Choice = Choice { id: "fixed", title: ("feste Gebühr", "fixed fee") };
const FRAME: Choice = Choice { id: "frame", title: ("Rahmengebühr", "fee within a frame") };
const VALUE: Choice = Choice { id: "value", title: ("nach dem Wert", "by value") };
const TIME: Choice = Choice { id: "time", title: ("nach Zeit", "by time") };
const SHARE: Choice = Choice { id: "share", title: ("Anteil einer anderen Gebühr", "share of another fee") };
const AMOUNT: Choice = Choice { id: "amount", title: ("der Betrag", "the amount") };
const BASIS: Choice = Choice { id: "basis", title: ("Gebühr entsteht auch", "a fee arises too") };
const REDUCTION: Choice = Choice { id: "reduction", title: ("Ermäßigung", "reduction") };
const EXEMPTION: Choice = Choice { id: "exemption", title: ("Befreiung", "exemption") };
const ROUNDING: Choice = Choice { id: "rounding", title: ("Rundung", "rounding") };
const SMALL_AMOUNT: Choice = Choice { id: "small-amount", title: ("Kleinbetrag", "small amount") };
const CRITERIA: Choice = Choice { id: "criteria", title: ("Maßstab im Rahmen", "what fills a frame") };
const REMARK: Choice = Choice { id: "note", title: ("Hinweis", "note") };

const GRANTED: Choice = Choice { id: "granted", title: ("gilt als erteilt", "counts as granted") };
const NO_FICTION: Choice = Choice { id: "none", title: ("keine Fiktion", "no fiction") };
const COMPLETE_DOCUMENTS: Choice =
    Choice { id: "complete-documents", title: ("vollständige Unterlagen", "complete documents") };
const APPLICATION: Choice =
    Choice { id: "application", title: ("Eingang des Antrags", "receipt of the application") };
const NOTICE_RECEIVED: Choice =
    Choice { id: "notice", title: ("Eingang der Anzeige", "receipt of the notice") };
const NEVER: Choice = Choice { id: "none", title: ("nicht möglich", "not possible") };
const ONCE: Choice = Choice { id: "once", title: ("einmal", "once") };
const NOTIFICATION_IN_TIME: Choice = Choice {
    id: "notification",
    title: ("Bekanntgabe innerhalb der Frist", "notification within the period"),
};
const ISSUE_IN_TIME: Choice =
    Choice { id: "issue", title: ("Erlass innerhalb der Frist", "issue within the period") };

const fn field(name: &'static str, de: &'static str, en: &'static str, kind: FieldKind) -> Field {
    Field { name, title: (de, en), kind }
}

impl Field {
    /// What people read.
    pub fn title(&self) -> Text {
        Text::new(self.title.0, self.title.1)
    }
}

const LAND: FieldKind =
    FieldKind::Choice(&[ANY, BW, BY, BE, BB, HB, HH, HE, MV, NI, NW, RP, SL, SN, ST, SH, TH]);
const ONE_LAND: FieldKind =
    FieldKind::Choice(&[BW, BY, BE, BB, HB, HH, HE, MV, NI, NW, RP, SL, SN, ST, SH, TH]);

/// What every row says, whatever it is about.
pub const COMMON: [Field; 7] = [
    field("norm", "Vorschrift", "Provision", FieldKind::Line),
    field("valid_from", "gilt ab", "holds from", FieldKind::Day),
    field("valid_to", "gilt bis", "holds until", FieldKind::Day),
    field("source", "Quelle", "Source", FieldKind::Long),
    field("disputed", "umstritten", "disputed", FieldKind::Flag),
    field("note", "Hinweis", "Note", FieldKind::Both),
    field("in_force", "in Kraft", "in force", FieldKind::Choice(&[UNKNOWN])),
];

pub(super) const REMEDIES: &[Field] = &[
    field("land", "Land", "Land", LAND),
    field(
        "authority",
        "Art der Behörde",
        "Kind of authority",
        FieldKind::Choice(&[
            ANY,
            MUNICIPALITY_IN_DISTRICT,
            JOINT_MUNICIPALITY,
            INDEPENDENT_CITY,
            DISTRICT,
            SPECIAL_PURPOSE_ASSOCIATION,
            STATE,
        ]),
    ),
    field("sphere", "Wirkungskreis", "Sphere", FieldKind::Choice(&[ANY, OWN, TRANSFERRED])),
    field("subject", "Gegenstand", "Subject", FieldKind::Line),
    field("procedure", "Verfahrensordnung", "Law of procedure", FieldKind::Choice(&[VWGO, SGG])),
    field("remedy", "Rechtsbehelf", "Remedy", FieldKind::Choice(&[OBJECTION, ACTION, NONE, FOLLOWS_MAIN])),
    field(
        "decided_by",
        "entscheidet",
        "decided by",
        FieldKind::Choice(&[ITSELF, DISTRICT, STATE_ADMINISTRATION, COURT, NONE, FOLLOWS_MAIN]),
    ),
    field(
        "lodged_with",
        "einzulegen bei",
        "lodged with",
        FieldKind::Choice(&[ISSUING_AUTHORITY, COURT, NONE, FOLLOWS_MAIN]),
    ),
    field("period", "Frist (Zeile aus „Fristen“)", "Period (row of “periods”)", FieldKind::Line),
    field("suspensive", "aufschiebende Wirkung", "suspensive effect", FieldKind::Flag),
    field("text", "Wortlaut (Zeile aus „Wortlaut“)", "Words (row of “texts”)", FieldKind::Line),
    field("replaces", "träte an die Stelle von", "would replace", FieldKind::Line),
];

pub(super) const TEXTS: &[Field] = &[
    field("de", "Belehrung", "Instruction", FieldKind::Long),
    field("after", "Absatz dahinter", "Paragraph behind it", FieldKind::Long),
];

pub(super) const PERIODS: &[Field] = &[
    field("length", "Länge (1 month)", "Length (1 month)", FieldKind::Line),
    field("genitive", "im Satz „innerhalb …“", "in the sentence “innerhalb …”", FieldKind::Line),
    field(
        "length_abroad",
        "Länge bei Bekanntgabe im Ausland",
        "Length when notified abroad",
        FieldKind::Line,
    ),
    field(
        "abroad",
        "Satz der Belehrung zur Bekanntgabe im Ausland",
        "Sentence of the instruction on notification abroad",
        FieldKind::Long,
    ),
];

pub(super) const RESTORATIONS: &[Field] = &[
    field("law", "Gesetz der versäumten Frist", "Law of the missed period", FieldKind::Line),
    field("within", "zu beantragen binnen (2 weeks)", "to be applied for within (2 weeks)", FieldKind::Line),
    field("at_most", "spätestens binnen (1 year)", "at the latest within (1 year)", FieldKind::Line),
    field("limit_norm", "Vorschrift dazu", "Provision on this", FieldKind::Line),
];

pub(super) const COURTS: &[Field] = &[
    field("name", "Gericht", "Court", FieldKind::Line),
    field("address", "Anschrift", "Address", FieldKind::Line),
    field("areas", "Gemeindeschlüssel (Anfänge)", "Keys of areas (beginnings)", FieldKind::List),
];

pub(super) const NOTIFICATION: &[Field] = &[
    field("law", "Verfahrensgesetz", "Law of procedure", FieldKind::Choice(&[VWVFG, AO, SGBX])),
    field("land", "nur in", "only in", ONE_LAND),
    field(
        "way",
        "Weg",
        "Way",
        FieldKind::Choice(&[
            POST,
            POST_ABROAD,
            ELECTRONIC,
            PORTAL,
            MAILBOX,
            IN_PERSON,
            REGISTERED_LETTER,
            DE_MAIL,
            SERVICE_WITH_PROOF,
            PUBLIC,
            PUBLIC_SERVICE,
        ]),
    ),
    field(
        "kind",
        "Tag der Bekanntgabe",
        "Day of notification",
        FieldKind::Choice(&[FICTION, SAME_DAY, PROOF, RETRIEVAL]),
    ),
    field(
        "counts_from",
        "gezählt ab",
        "counted from",
        FieldKind::Choice(&[
            POSTING,
            SENDING,
            NOTICE,
            PROVISION,
            PUBLICATION,
            HANDING_OVER,
            RECEIPT,
            SERVICE,
            RETRIEVAL,
        ]),
    ),
    field("days", "Tage", "Days", FieldKind::Number),
    field("weeks", "Wochen", "Weeks", FieldKind::Number),
    field("months", "Monate", "Months", FieldKind::Number),
    field("within_days", "abzurufen binnen (Tage)", "to be retrieved within (days)", FieldKind::Number),
    field(
        "shifts",
        "verschiebt sich auf den nächsten Werktag",
        "moves to the next working day",
        FieldKind::Flag,
    ),
    field("shift_norm", "Vorschrift dazu", "Provision on this", FieldKind::Line),
    field("shift_source", "Quelle dazu", "Source of this", FieldKind::Line),
    field(
        "other_day",
        "anderer Tag (earliest_days, norm)",
        "other day (earliest_days, norm)",
        FieldKind::Data,
    ),
    field("later_receipt", "Vorschrift zum späteren Zugang", "Provision on later receipt", FieldKind::Line),
];

pub(super) const FICTIONS: &[Field] = &[
    field("permit", "Genehmigung", "Permit", FieldKind::Both),
    field("land", "Land", "Land", LAND),
    field("effect", "Folge des Schweigens", "What silence does", FieldKind::Choice(&[GRANTED, NO_FICTION])),
    field("length", "Länge (3 months)", "Length (3 months)", FieldKind::Line),
    field(
        "begin",
        "Beginn",
        "Begins with",
        FieldKind::Choice(&[COMPLETE_DOCUMENTS, APPLICATION, NOTICE_RECEIVED]),
    ),
    field("begin_norm", "Vorschrift zum Beginn", "Provision on the begin", FieldKind::Line),
    field("extension", "Verlängerung", "Extension", FieldKind::Choice(&[NEVER, ONCE])),
    field("extension_norm", "Vorschrift zur Verlängerung", "Provision on extension", FieldKind::Line),
    field("kept_by", "gewahrt durch", "kept by", FieldKind::Choice(&[NOTIFICATION_IN_TIME, ISSUE_IN_TIME])),
    field("certificate", "Bescheinigung auf Verlangen", "Certificate on demand", FieldKind::Flag),
];

pub(super) const FEE_LAWS: &[Field] = &[
    field("land", "Land", "Land", LAND),
    field("title", "Bezeichnung", "Title", FieldKind::Line),
    field("sphere", "Wirkungskreis", "Sphere", FieldKind::Choice(&[ANY, OWN, TRANSFERRED])),
    field(
        "key_day",
        "Stichtag",
        "Key day",
        FieldKind::Choice(&[ACT_ENDED, BEGIN_OF_USE, FIRST_DAY_OF_TAX_YEAR]),
    ),
];

pub(super) const FEE_RULES: &[Field] = &[
    field("fee_law", "Gebührenrecht (Zeile)", "Law of the fee (row)", FieldKind::Line),
    field(
        "kind",
        "Art",
        "Kind",
        FieldKind::Choice(&[BASIS, REDUCTION, EXEMPTION, ROUNDING, SMALL_AMOUNT, CRITERIA, REMARK]),
    ),
    field("title", "Bezeichnung", "Title", FieldKind::Both),
    field("on", "Anlässe (refused, withdrawn …)", "Occasions (refused, withdrawn …)", FieldKind::List),
    field("factor", "bleibt in Prozent (min, max)", "remains in percent (min, max)", FieldKind::Data),
    field("reasons_required", "Begründung nötig", "reasons needed", FieldKind::Flag),
    field("applies_to", "gerundet wird", "what is rounded", FieldKind::Choice(&[VALUE, TIME, AMOUNT])),
    field("rounding", "Rundung (direction, to)", "Rounding (direction, to)", FieldKind::Data),
    field("value_includes_vat", "Wert mit Umsatzsteuer", "value with value added tax", FieldKind::Flag),
    field("up_to_cents", "nicht erhoben bis (Cent)", "not charged up to (cents)", FieldKind::Number),
    field("effect", "Wirkung", "Effect", FieldKind::Both),
    field("sample", "Muster", "sample", FieldKind::Flag),
];

pub(super) const FEE_RATES: &[Field] = &[
    field("fee_law", "Gebührenrecht (Zeile)", "Law of the fee (row)", FieldKind::Line),
    field("key", "Name für alle Fassungen", "Name of all versions", FieldKind::Line),
    field("title", "Bezeichnung", "Title", FieldKind::Both),
    field("cents_per_hour", "Cent je Stunde", "Cents an hour", FieldKind::Number),
];

pub(super) const FEES: &[Field] = &[
    field("fee_law", "Gebührenrecht (Zeile)", "Law of the fee (row)", FieldKind::Line),
    field("key", "Name für alle Fassungen", "Name of all versions", FieldKind::Line),
    field("title", "Bezeichnung", "Title", FieldKind::Both),
    field("kind", "Art", "Kind", FieldKind::Choice(&[FIXED, FRAME, VALUE, TIME, SHARE, UNKNOWN])),
    field("cents", "Betrag (Cent)", "Amount (cents)", FieldKind::Number),
    field("units", "Einheiten", "Units", FieldKind::Data),
    field("min_cents", "mindestens (Cent)", "at least (cents)", FieldKind::Number),
    field("max_cents", "höchstens (Cent)", "at most (cents)", FieldKind::Number),
    field("usual_cents", "üblich (Cent)", "usually (cents)", FieldKind::Number),
    field("steps", "Stufen nach Wert", "Steps by value", FieldKind::Data),
    field("per_ten_thousand", "Zehntausendstel des Werts", "Ten-thousandths of the value", FieldKind::Number),
    field("rates", "Stundensätze (Zeilen)", "Hourly rates (rows)", FieldKind::List),
    field("share", "Anteil in Prozent (min, max)", "Share in percent (min, max)", FieldKind::Data),
    field("rounding", "Rundung (direction, to)", "Rounding (direction, to)", FieldKind::Data),
    field("sample", "Muster", "sample", FieldKind::Flag),
];
