//! The functions of a program: those of jaq that only compute, and those that jaq would take further crates for.

use jaq_core::load::parse::Def;
use jaq_core::native::{Filter, Fun, bome, run, v};
use jaq_core::{Error, RunPtr};
use jaq_json::Val;
use jaq_std::ValT as _;
use serde_json::Value;

use super::value::{Data, text, to_val};
use super::{format, regex, time};

/// Definitions of jaq whose native parts are missing here: they print, end the process, or are rare mathematics.
const MISSING: [&str; 11] = [
    "debug",
    "drem",
    "gamma",
    "halt",
    "halt_error",
    "logb",
    "nexttoward",
    "pow10",
    "scalb",
    "significand",
    "stderr",
];

/// Natives of jaq that end the process, read the environment or the clock, or parse without a limit of the depth.
const REPLACED: [&str; 4] = ["env", "fromjson", "halt", "now"];

/// The formats that jaq has in its program, not in its library.
const OWN: &str = r#"
def _replace($from; $to): split($from) | join($to);
def @csv: [.[] | if isstring then "\"" + _replace("\""; "\"\"") + "\""
    elif . == null then "" elif isarray or isobject then error("\(.) cannot be in a row of CSV")
    else tostring end] | join(",");
def @tsv: [.[] | if isstring then _replace("\\"; "\\\\") | _replace("\t"; "\\t") | _replace("\n"; "\\n") | _replace("\r"; "\\r")
    elif . == null then "" elif isarray or isobject then error("\(.) cannot be in a row of TSV")
    else tostring end] | join("\t");
"#;

/// What every program can call.
pub(super) fn definitions() -> impl Iterator<Item = Def<&'static str>> {
    let own = jaq_core::load::parse(OWN, |parser| parser.defs()).unwrap_or_default();
    jaq_core::defs()
        .chain(jaq_std::defs())
        .chain(jaq_json::defs())
        .filter(|definition| !MISSING.contains(&definition.name))
        .chain(own)
}

/// The functions below the definitions.
pub(super) fn natives() -> impl Iterator<Item = Fun<Data>> {
    let own = own().into_iter().chain(format::natives()).chain(regex::natives()).chain(time::natives());
    jaq_core::funs()
        .chain(jaq_std::base_funs())
        .chain(jaq_json::funs())
        .filter(|(name, ..)| !REPLACED.contains(name))
        .chain(own.map(run::<Data>))
}

fn own() -> [Filter<RunPtr<Data>>; 8] {
    [
        ("fromjson", v(0), |cv| bome(from_json(&cv.1))),
        ("sqrt", v(0), |cv| bome(number(&cv.1).map(|x| f64::sqrt(x).into()))),
        ("log", v(0), |cv| bome(number(&cv.1).map(|x| f64::ln(x).into()))),
        ("log2", v(0), |cv| bome(number(&cv.1).map(|x| f64::log2(x).into()))),
        ("log10", v(0), |cv| bome(number(&cv.1).map(|x| f64::log10(x).into()))),
        ("exp", v(0), |cv| bome(number(&cv.1).map(|x| f64::exp(x).into()))),
        ("fabs", v(0), |cv| bome(number(&cv.1).map(|x| f64::abs(x).into()))),
        ("pow", v(2), |mut cv| {
            let (exponent, base) = (cv.0.pop_var(), cv.0.pop_var());
            bome(number(&base).and_then(|base| Ok(base.powf(number(&exponent)?).into())))
        }),
    ]
}

fn number(value: &Val) -> Result<f64, Error<Val>> {
    value.as_f64().ok_or_else(|| Error::typ(value.clone(), "number"))
}

fn from_json(value: &Val) -> Result<Val, Error<Val>> {
    let text = text(value)?;
    let parsed: Value = serde_json::from_str(text)
        .map_err(|error| Error::str(format_args!("cannot parse {value} as JSON: {error}")))?;
    Ok(to_val(&parsed))
}
