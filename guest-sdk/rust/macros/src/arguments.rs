//! What stands between the parentheses of `#[proctor_sdk::test(...)]`.

use proc_macro2::Span;
use quote::ToTokens as _;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Error, Ident, Lit, LitStr, Result, Token, bracketed};

/// The arguments that were given.
#[derive(Default)]
pub(crate) struct Arguments {
    pub(crate) name: Option<LitStr>,
    pub(crate) description: Option<LitStr>,
    pub(crate) tags: Vec<LitStr>,
    /// In milliseconds, the interface's unit.
    pub(crate) timeout: Option<u32>,
}

impl Parse for Arguments {
    fn parse(input: ParseStream<'_>) -> Result<Self> {
        let mut arguments = Self::default();
        let mut seen = Vec::<Ident>::new();
        while !input.is_empty() {
            let key: Ident = input.parse()?;
            if seen.contains(&key) {
                return Err(Error::new(key.span(), format!("`{key}` is given twice")));
            }
            input.parse::<Token![=]>()?;
            match key.to_string().as_str() {
                "name" => arguments.name = Some(line(input.parse()?, "a test's name")?),
                "description" => arguments.description = Some(line(input.parse()?, "a description")?),
                "tags" => arguments.tags = tags(input)?,
                "timeout" => arguments.timeout = Some(timeout(&input.parse()?)?),
                _ => {
                    let message = format!("no argument `{key}`; there are `name`, `description`, `tags` and `timeout`");
                    return Err(Error::new(key.span(), message));
                }
            }
            seen.push(key);
            if !input.is_empty() {
                input.parse::<Token![,]>()?;
            }
        }
        Ok(arguments)
    }
}

/// A text of exactly one line.
fn line(text: LitStr, what: &str) -> Result<LitStr> {
    let value = text.value();
    if value.trim().is_empty() {
        return Err(Error::new(text.span(), format!("{what} must not be empty")));
    }
    if value.contains(char::is_control) {
        return Err(Error::new(
            text.span(),
            format!("{what} must be one line without control characters"),
        ));
    }
    Ok(text)
}

fn tags(input: ParseStream<'_>) -> Result<Vec<LitStr>> {
    let content;
    bracketed!(content in input);
    let tags = Punctuated::<LitStr, Token![,]>::parse_terminated(&content)?;
    tags.into_iter().map(|tag| line(tag, "a tag")).collect()
}

/// A duration such as `"1m 30s"` or `30s`, in milliseconds.
fn timeout(literal: &Lit) -> Result<u32> {
    let (text, span): (String, Span) = match literal {
        Lit::Str(text) => (text.value(), text.span()),
        // `30s` is an integer with a suffix to Rust.
        other => (other.to_token_stream().to_string(), other.span()),
    };
    let wanted = "a timeout is a duration such as \"30s\", \"500ms\" or \"1m 30s\"";
    let duration = humantime::parse_duration(&text)
        .map_err(|error| Error::new(span, format!("{wanted}, and not `{text}`: {error}")))?;
    if duration.is_zero() {
        return Err(Error::new(span, "a timeout of zero would fail every test"));
    }
    let milliseconds = duration.as_nanos().div_ceil(1_000_000);
    u32::try_from(milliseconds).map_err(|_| {
        Error::new(
            span,
            format!("a timeout must be less than {} days", u32::MAX / 86_400_000),
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> std::result::Result<Arguments, String> {
        syn::parse_str::<Arguments>(text).map_err(|error| error.to_string())
    }

    #[test]
    fn all_arguments_are_read() {
        let arguments = parse(r#"name = "a", description = "b c", tags = ["d", "e",], timeout = "1m 30s""#).unwrap();
        assert_eq!(arguments.name.unwrap().value(), "a");
        assert_eq!(arguments.description.unwrap().value(), "b c");
        assert_eq!(arguments.tags.iter().map(LitStr::value).collect::<Vec<_>>(), ["d", "e"]);
        assert_eq!(arguments.timeout, Some(90_000));
    }

    #[test]
    fn none_need_be_given() {
        let arguments = parse("").unwrap();
        assert!(arguments.name.is_none() && arguments.tags.is_empty() && arguments.timeout.is_none());
    }

    #[test]
    fn timeouts_are_rounded_up_to_milliseconds() {
        assert_eq!(parse(r#"timeout = "1us""#).unwrap().timeout, Some(1));
        assert_eq!(parse("timeout = 30s").unwrap().timeout, Some(30_000));
    }

    #[test]
    fn mistakes_are_named() {
        for (text, part) in [
            (r#"timeout = "soon""#, "a timeout is a duration such as"),
            ("timeout = 30", "and not `30`"),
            (r#"timeout = "0s""#, "of zero"),
            (r#"timeout = "50 days""#, "less than 49 days"),
            (r#"timout = "1s""#, "no argument `timout`"),
            (r#"name = "a", name = "b""#, "given twice"),
            (r#"name = """#, "must not be empty"),
            (r#"description = "a\nb""#, "must be one line"),
        ] {
            let error = parse(text).err().unwrap();
            assert!(error.contains(part), "{text}: {error}");
        }
    }
}
