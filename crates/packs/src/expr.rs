//! The tree of a condition, copied out of the parser's arena: what checks, decisions and
//! explanations walk over. The language and its parser are zen's; this holds the part of it
//! that packs use, and names everything else as a fault.

use std::collections::BTreeMap;

use bumpalo::Bump;
use serde_json::Value;
use zen_expression::functions::{ClosureFunction, FunctionKind, InternalFunction};
use zen_expression::lexer::{
    ArithmeticOperator, ComparisonOperator, Lexer, LogicalOperator, Operator,
};
use zen_expression::parser::{Node, Parser};

use crate::names::Name;

/// A node of a condition.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expr {
    Literal(Value),
    List(Vec<Expr>),
    /// An answer name, with its number once the names of the type are known.
    Name(String, usize),
    /// `#` or a named item of the closure `depth` levels out.
    Item(usize),
    Field(Box<Expr>, String),
    Not(Box<Expr>),
    And(Box<Expr>, Box<Expr>),
    Or(Box<Expr>, Box<Expr>),
    Compare(Compare, Box<Expr>, Box<Expr>),
    In(Box<Expr>, Box<Expr>),
    Arithmetic(Arithmetic, Box<Expr>, Box<Expr>),
    If(Box<Expr>, Box<Expr>, Box<Expr>),
    Call(Call, Vec<Expr>),
    Over(Over, Box<Expr>, Box<Expr>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Compare {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    More,
    MoreOrEqual,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arithmetic {
    Add,
    Subtract,
    Multiply,
    Divide,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    Len,
    Contains,
    StartsWith,
    EndsWith,
    Lower,
    Upper,
}

/// Functions that go over a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Over {
    Some,
    All,
    None,
    One,
    Count,
    Filter,
    Map,
    FlatMap,
}

/// The number of a name that is not known.
const UNKNOWN: usize = usize::MAX;

/// Parses a condition. The error says what is wrong and what would cure it.
pub(crate) fn parse(source: &str) -> Result<Expr, (String, String)> {
    let cure = || "Write it as in: personal_data == 'yes' and 'health' in special".to_owned();
    let bump = Bump::new();
    let mut lexer = Lexer::new();
    let tokens = lexer
        .tokenize(&bump, source)
        .map_err(|error| (format!("The condition cannot be read: {error}"), cure()))?;
    let parser = Parser::try_new(&tokens, &bump)
        .map_err(|error| (format!("The condition cannot be read: {error}"), cure()))?;
    let result = parser.standard().parse();
    result
        .error()
        .map_err(|error| (format!("The condition cannot be read: {error}"), cure()))?;
    copy(result.root, &mut Vec::new())
}

type Copied = Result<Expr, (String, String)>;

fn boxed(node: &Node, aliases: &mut Vec<Option<String>>) -> Result<Box<Expr>, (String, String)> {
    copy(node, aliases).map(Box::new)
}

fn copy(node: &Node, aliases: &mut Vec<Option<String>>) -> Copied {
    Ok(match node {
        Node::Null => Expr::Literal(Value::Null),
        Node::Bool(b) => Expr::Literal(Value::Bool(*b)),
        Node::Number(n) => Expr::Literal(number(&n.to_string())),
        Node::String(s) => Expr::Literal(Value::String((*s).to_owned())),
        Node::Array(items) => Expr::List(
            items
                .iter()
                .map(|item| copy(item, aliases))
                .collect::<Result<_, _>>()?,
        ),
        Node::Identifier(name) => {
            let depth = aliases
                .iter()
                .rev()
                .position(|a| a.as_deref() == Some(*name));
            depth.map_or_else(|| Expr::Name((*name).to_owned(), UNKNOWN), Expr::Item)
        }
        Node::Pointer if !aliases.is_empty() => Expr::Item(0),
        Node::Parenthesized(inner) => copy(inner, aliases)?,
        Node::Member {
            node,
            property: Node::String(field),
        } => Expr::Field(boxed(node, aliases)?, (*field).to_owned()),
        Node::Conditional {
            condition,
            on_true,
            on_false,
        } => Expr::If(
            boxed(condition, aliases)?,
            boxed(on_true, aliases)?,
            boxed(on_false, aliases)?,
        ),
        Node::Unary {
            node,
            operator: Operator::Logical(LogicalOperator::Not),
        } => Expr::Not(boxed(node, aliases)?),
        Node::Unary {
            node: Node::Number(n),
            operator: Operator::Arithmetic(ArithmeticOperator::Subtract),
        } => Expr::Literal(number(&format!("-{n}"))),
        Node::Binary {
            left,
            operator,
            right,
        } => {
            let (l, r) = (boxed(left, aliases)?, boxed(right, aliases)?);
            binary(*operator, l, r)?
        }
        Node::FunctionCall {
            kind: FunctionKind::Internal(function),
            arguments,
        } => {
            let call = match function {
                InternalFunction::Len => Call::Len,
                InternalFunction::Contains => Call::Contains,
                InternalFunction::StartsWith => Call::StartsWith,
                InternalFunction::EndsWith => Call::EndsWith,
                InternalFunction::Lower => Call::Lower,
                InternalFunction::Upper => Call::Upper,
                other => return Err(unknown(&format!("{other}()"))),
            };
            let needed = if matches!(call, Call::Len | Call::Lower | Call::Upper) {
                1
            } else {
                2
            };
            if arguments.len() != needed {
                return Err((
                    format!(
                        "{function}() takes {needed} value(s), not {}",
                        arguments.len()
                    ),
                    "Give it the right number of values".into(),
                ));
            }
            Expr::Call(
                call,
                arguments
                    .iter()
                    .map(|a| copy(a, aliases))
                    .collect::<Result<_, _>>()?,
            )
        }
        Node::FunctionCall {
            kind: FunctionKind::Closure(function),
            arguments: [list, Node::Closure { body, alias }],
        } => {
            let list = boxed(list, aliases)?;
            aliases.push(alias.map(str::to_owned));
            let body = boxed(body, aliases);
            aliases.pop();
            Expr::Over(over(*function), list, body?)
        }
        Node::FunctionCall { kind, .. } => return Err(unknown(&format!("{kind}()"))),
        other => {
            let name: &'static str = other.into();
            return Err(unknown(&format!("\"{name}\"")));
        }
    })
}

fn binary(operator: Operator, l: Box<Expr>, r: Box<Expr>) -> Copied {
    use ComparisonOperator as C;
    Ok(match operator {
        Operator::Logical(LogicalOperator::And) => Expr::And(l, r),
        Operator::Logical(LogicalOperator::Or) => Expr::Or(l, r),
        Operator::Comparison(C::In) => Expr::In(l, r),
        Operator::Comparison(C::NotIn) => Expr::Not(Box::new(Expr::In(l, r))),
        Operator::Comparison(comparison) => Expr::Compare(
            match comparison {
                C::NotEqual => Compare::NotEqual,
                C::LessThan => Compare::Less,
                C::LessThanOrEqual => Compare::LessOrEqual,
                C::GreaterThan => Compare::More,
                C::GreaterThanOrEqual => Compare::MoreOrEqual,
                _ => Compare::Equal,
            },
            l,
            r,
        ),
        Operator::Arithmetic(arithmetic) => Expr::Arithmetic(
            match arithmetic {
                ArithmeticOperator::Add => Arithmetic::Add,
                ArithmeticOperator::Subtract => Arithmetic::Subtract,
                ArithmeticOperator::Multiply => Arithmetic::Multiply,
                ArithmeticOperator::Divide => Arithmetic::Divide,
                other => return Err(unknown(&format!("\"{other}\""))),
            },
            l,
            r,
        ),
        other => return Err(unknown(&format!("\"{other}\""))),
    })
}

fn over(function: ClosureFunction) -> Over {
    match function {
        ClosureFunction::All => Over::All,
        ClosureFunction::None => Over::None,
        ClosureFunction::Some => Over::Some,
        ClosureFunction::One => Over::One,
        ClosureFunction::Filter => Over::Filter,
        ClosureFunction::Map => Over::Map,
        ClosureFunction::FlatMap => Over::FlatMap,
        ClosureFunction::Count => Over::Count,
    }
}

fn unknown(what: &str) -> (String, String) {
    (
        format!("{what} is not part of the condition language of packs"),
        "Use and, or, not, ==, !=, <, >, in, not in, ? :, + - * /, len, contains, startsWith, \
         endsWith, lower, upper, some, all, none, one, count, filter, map or flatMap"
            .into(),
    )
}

/// A number as JSON: whole where it is whole.
pub(crate) fn number(text: &str) -> Value {
    if let Ok(whole) = text.parse::<i64>() {
        return Value::from(whole);
    }
    Value::from(text.parse::<f64>().unwrap_or_default())
}

impl Expr {
    /// Calls `f` for this node and every node below it.
    pub fn walk<'e>(&'e self, f: &mut impl FnMut(&'e Expr)) {
        f(self);
        match self {
            Expr::Literal(_) | Expr::Name(..) | Expr::Item(_) => {}
            Expr::List(items) | Expr::Call(_, items) => items.iter().for_each(|e| e.walk(f)),
            Expr::Field(e, _) | Expr::Not(e) => e.walk(f),
            Expr::And(l, r)
            | Expr::Or(l, r)
            | Expr::Compare(_, l, r)
            | Expr::In(l, r)
            | Expr::Arithmetic(_, l, r)
            | Expr::Over(_, l, r) => {
                l.walk(f);
                r.walk(f);
            }
            Expr::If(c, a, b) => {
                c.walk(f);
                a.walk(f);
                b.walk(f);
            }
        }
    }

    /// Gives every name its number.
    pub fn number(&mut self, names: &BTreeMap<String, Name>) {
        match self {
            Expr::Name(name, number) => *number = names.get(name).map_or(UNKNOWN, |n| n.number),
            Expr::Literal(_) | Expr::Item(_) => {}
            Expr::List(items) | Expr::Call(_, items) => {
                items.iter_mut().for_each(|e| e.number(names));
            }
            Expr::Field(e, _) | Expr::Not(e) => e.number(names),
            Expr::And(l, r)
            | Expr::Or(l, r)
            | Expr::Compare(_, l, r)
            | Expr::In(l, r)
            | Expr::Arithmetic(_, l, r)
            | Expr::Over(_, l, r) => {
                l.number(names);
                r.number(names);
            }
            Expr::If(c, a, b) => {
                c.number(names);
                a.number(names);
                b.number(names);
            }
        }
    }
}
