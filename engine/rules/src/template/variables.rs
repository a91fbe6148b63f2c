//! Walks the syntax tree of a template: which data does it read, and does it use only
//! what there is?

use minijinja::machinery::ast::{BinOpKind, CallArg, CallType, CompareOpKind, Expr, Stmt, UnaryOpKind};
use minijinja::machinery::{Span, Token, ast, parse, tokenize};

use crate::error::{Limit, Place, Text, nearest};
use crate::path::{Segment, VariablePath};
use crate::template::error::{TemplateCode, TemplateError, template_error};
use crate::template::fits::{How, Shaped, Use};

/// Filters that a template may use: those of minijinja without those that show raw data
/// (`pprint`, `string`, `indent` of a list), and our own.
const FILTERS: [&str; 35] = [
    "abs",
    "batch",
    "capitalize",
    "count",
    "d",
    "date",
    "default",
    "dictsort",
    "first",
    "groupby",
    "items",
    "join",
    "last",
    "length",
    "lines",
    "list",
    "lower",
    "map",
    "max",
    "min",
    "money",
    "number",
    "period",
    "reject",
    "rejectattr",
    "replace",
    "reverse",
    "safe",
    "select",
    "selectattr",
    "sort",
    "sum",
    "title",
    "trim",
    "upper",
];
const TESTS: [&str; 31] = [
    "boolean",
    "defined",
    "divisibleby",
    "endingwith",
    "eq",
    "equalto",
    "even",
    "false",
    "float",
    "ge",
    "greaterthan",
    "gt",
    "in",
    "int",
    "integer",
    "iterable",
    "le",
    "lessthan",
    "lower",
    "lt",
    "mapping",
    "ne",
    "number",
    "odd",
    "sameas",
    "sequence",
    "startingwith",
    "string",
    "true",
    "undefined",
    "upper",
];
const FUNCTIONS: [&str; 3] = ["dict", "namespace", "range"];

/// Words and signs between `{{` and `}}`. minijinja reads a chain of any length (`1+1+…`),
/// and then needs stack for each link.
const MAX_TOKENS: usize = 300;

pub(super) fn analyse(text: &str) -> Result<Vec<Use>, TemplateError> {
    check_depth(text)?;
    let tree = parse(text, super::NAME, Default::default()).map_err(|error| {
        let found = template_error(&error);
        match found.line {
            Some(_) => found,
            None => TemplateError { line: error.line(), ..found },
        }
    })?;
    let mut walker =
        Walker { text, frames: vec![Vec::new()], there: Vec::new(), uses: Vec::new(), problem: None };
    walker.statement(&tree);
    match walker.problem {
        Some(problem) => Err(problem),
        None => Ok(walker.uses),
    }
}

fn check_depth(text: &str) -> Result<(), TemplateError> {
    let mut tokens = 0;
    for token in tokenize(text, false, Default::default()) {
        match token {
            Ok((Token::VariableStart | Token::BlockStart | Token::TemplateData(_), _)) => tokens = 0,
            Ok((_, span)) => {
                tokens += 1;
                if tokens > MAX_TOKENS {
                    let error = TemplateError::limit(Limit::ExpressionDepth, MAX_TOKENS);
                    return Err(TemplateError { line: Some(usize::from(span.start_line)), ..error });
                }
            }
            // The parser reports it.
            Err(_) => break,
        }
    }
    Ok(())
}

/// A name that the template itself sets.
struct Local<'t> {
    name: &'t str,
    /// The list whose entries it goes through.
    entry_of: Option<VariablePath>,
}

struct Walker<'t> {
    text: &'t str,
    /// Names that the template itself sets.
    frames: Vec<Vec<Local<'t>>>,
    /// Paths that the conditions around have asked for: they are there.
    there: Vec<String>,
    uses: Vec<Use>,
    problem: Option<TemplateError>,
}

impl<'t> Walker<'t> {
    fn is_local(&self, name: &str) -> bool {
        self.local(name).is_some()
    }

    fn local(&self, name: &str) -> Option<&Local<'t>> {
        self.frames.iter().flatten().rfind(|local| local.name == name)
    }

    fn assign(&mut self, target: &Expr<'t>) {
        match target {
            Expr::Var(name) => {
                let name = name.id;
                self.declare(name);
            }
            Expr::List(list) => list.items.iter().for_each(|item| self.assign(item)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.assign(item)),
            // `{% set namespace.x = … %}`
            other => self.expression(other, false),
        }
    }

    fn declare(&mut self, name: &'t str) {
        if let Some(frame) = self.frames.last_mut() {
            frame.push(Local { name, entry_of: None });
        }
    }

    fn newest(&mut self) -> Option<&mut Local<'t>> {
        self.frames.last_mut()?.last_mut()
    }

    fn within(&mut self, walk: impl FnOnce(&mut Self)) {
        self.frames.push(Vec::new());
        walk(self);
        self.frames.pop();
    }

    fn statements(&mut self, statements: &[Stmt<'t>]) {
        statements.iter().for_each(|statement| self.statement(statement));
    }

    fn statement(&mut self, statement: &Stmt<'t>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitExpr(emit) => self.used(&emit.expr, false, How::Written),
            Stmt::EmitRaw(_) => {}
            Stmt::ForLoop(each) => {
                self.used(&each.iter, false, How::Listed);
                let list = self.path(&each.iter, false).filter(|path| !self.is_local(path.root()));
                self.within(|walker| {
                    walker.declare("loop");
                    walker.assign(&each.target);
                    if let (Expr::Var(_), Some(local)) = (&each.target, walker.newest()) {
                        local.entry_of = list;
                    }
                    let Some(filter) = &each.filter_expr else { return walker.statements(&each.body) };
                    walker.expression(filter, false);
                    walker.knowing(filter, true, |walker| walker.statements(&each.body));
                });
                self.statements(&each.else_body);
            }
            Stmt::IfCond(choice) => {
                self.expression(&choice.expr, false);
                self.knowing(&choice.expr, true, |walker| walker.statements(&choice.true_body));
                self.knowing(&choice.expr, false, |walker| walker.statements(&choice.false_body));
            }
            Stmt::WithBlock(with) => self.within(|walker| {
                for (target, value) in &with.assignments {
                    walker.expression(value, false);
                    walker.assign(target);
                }
                walker.statements(&with.body);
            }),
            Stmt::Set(set) => {
                self.expression(&set.expr, false);
                self.assign(&set.target);
            }
            Stmt::SetBlock(set) => {
                self.within(|walker| walker.statements(&set.body));
                set.filter.iter().for_each(|filter| self.expression(filter, false));
                self.assign(&set.target);
            }
            Stmt::FilterBlock(block) => {
                self.within(|walker| walker.statements(&block.body));
                self.expression(&block.filter, false);
            }
            Stmt::Macro(definition) => {
                self.declare(definition.name);
                self.macro_body(definition);
            }
            Stmt::CallBlock(block) => {
                self.call(&block.call);
                self.macro_body(&block.macro_decl);
            }
            Stmt::Do(run) => self.call(&run.call),
            Stmt::AutoEscape(s) => self.not_allowed("autoescape", s.span()),
            Stmt::Block(s) => self.not_allowed("block", s.span()),
            Stmt::Import(s) => self.not_allowed("import", s.span()),
            Stmt::FromImport(s) => self.not_allowed("from", s.span()),
            Stmt::Extends(s) => self.not_allowed("extends", s.span()),
            Stmt::Include(s) => self.not_allowed("include", s.span()),
        }
    }

    fn macro_body(&mut self, definition: &ast::Macro<'t>) {
        definition.defaults.iter().for_each(|value| self.expression(value, false));
        self.within(|walker| {
            walker.declare("caller");
            definition.args.iter().for_each(|argument| walker.assign(argument));
            walker.statements(&definition.body);
        });
    }

    /// `optional`: the template says what happens if the value is missing.
    fn expression(&mut self, expression: &Expr<'t>, optional: bool) {
        self.used(expression, optional, How::Read);
    }

    fn used(&mut self, expression: &Expr<'t>, optional: bool, how: How) {
        if let Some(path) = self.path(expression, optional) {
            let there = self.known_of(&path);
            match self.local(path.root()) {
                None => self.uses.push(Use { path, how, there, entry_of: None }),
                Some(Local { entry_of: Some(list), .. }) => {
                    let entry_of = Some(list.clone());
                    self.uses.push(Use { path, how, there, entry_of });
                }
                Some(_) => {}
            }
            return;
        }
        match expression {
            Expr::Const(constant) if constant.value.is_none() => self.null(constant.span()),
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::UnaryOp(operator) => self.expression(&operator.expr, false),
            Expr::BinOp(operator) => {
                self.expression(&operator.left, false);
                // `and` and `or`: the right side is looked at only if the left one did not decide.
                match operator.op {
                    BinOpKind::ScAnd => {
                        self.knowing(&operator.left, true, |walker| {
                            walker.expression(&operator.right, false)
                        });
                    }
                    BinOpKind::ScOr => {
                        self.knowing(&operator.left, false, |walker| {
                            walker.expression(&operator.right, false);
                        });
                    }
                    _ => self.expression(&operator.right, false),
                }
            }
            Expr::Compare(comparison) => {
                self.expression(&comparison.expr, false);
                comparison.ops.iter().for_each(|op| self.expression(&op.expr, false));
            }
            Expr::IfExpr(choice) => {
                let test = &choice.test_expr;
                self.expression(test, false);
                self.knowing(test, true, |walker| walker.expression(&choice.true_expr, false));
                self.knowing(test, false, |walker| {
                    choice.false_expr.iter().for_each(|other| walker.expression(other, false));
                });
            }
            Expr::Filter(filter) => {
                if !FILTERS.contains(&filter.name) {
                    let known = FILTERS.into_iter();
                    self.unknown(TemplateCode::UnknownFilter, filter.name, known, filter.span());
                }
                let optional = matches!(filter.name, "default" | "d");
                let how = Shaped::of(filter.name).map_or(How::Read, How::As);
                filter.expr.iter().for_each(|value| self.used(value, optional, how));
                self.arguments(&filter.args);
            }
            Expr::Test(test) => {
                if test.name == "none" {
                    self.null(test.span());
                }
                let is_operator = test.name.chars().all(|c| c.is_ascii_punctuation());
                if !TESTS.contains(&test.name) && !is_operator {
                    self.unknown(TemplateCode::UnknownTest, test.name, TESTS.into_iter(), test.span());
                }
                self.expression(&test.expr, matches!(test.name, "defined" | "undefined"));
                self.arguments(&test.args);
            }
            Expr::GetAttr(access) => self.expression(&access.expr, false),
            Expr::GetItem(access) => {
                self.expression(&access.expr, false);
                self.expression(&access.subscript_expr, false);
            }
            Expr::Slice(slice) => {
                self.expression(&slice.expr, false);
                let ends = [&slice.start, &slice.stop, &slice.step];
                ends.into_iter().flatten().for_each(|end| self.expression(end, false));
            }
            Expr::Call(call) => self.call(call),
            Expr::List(list) => list.items.iter().for_each(|item| self.expression(item, false)),
            Expr::Tuple(tuple) => tuple.items.iter().for_each(|item| self.expression(item, false)),
            Expr::Map(map) => {
                let parts = map.keys.iter().chain(&map.values);
                parts.for_each(|part| self.expression(part, false));
            }
        }
    }

    /// Walks what is looked at only if a condition holds, or does not.
    fn knowing(&mut self, condition: &Expr<'t>, holds: bool, walk: impl FnOnce(&mut Self)) {
        let before = self.there.len();
        self.learn(condition, holds);
        walk(self);
        self.there.truncate(before);
    }

    /// Notes the paths that are there if a condition holds, or does not.
    fn learn(&mut self, condition: &Expr<'t>, holds: bool) {
        if let (true, Some(path)) = (holds, self.path(condition, false)) {
            self.there.push(path.dotted());
            return;
        }
        match condition {
            Expr::UnaryOp(operator) if matches!(operator.op, UnaryOpKind::Not) => {
                self.learn(&operator.expr, !holds);
            }
            Expr::BinOp(operator) => match operator.op {
                BinOpKind::ScAnd if holds => {
                    self.learn(&operator.left, true);
                    self.learn(&operator.right, true);
                }
                BinOpKind::ScOr if !holds => {
                    self.learn(&operator.left, false);
                    self.learn(&operator.right, false);
                }
                BinOpKind::Eq if holds => self.learn_equal(&operator.left, &operator.right),
                _ => {}
            },
            Expr::Compare(comparison) => {
                if let ([op], true) = (&comparison.ops[..], holds)
                    && matches!(op.op, CompareOpKind::Eq)
                {
                    self.learn_equal(&comparison.expr, &op.expr);
                }
            }
            Expr::Test(test) if (test.name == "defined") == holds && test.name.ends_with("defined") => {
                self.learn(&test.expr, true);
            }
            // What stands for it is as good as nothing.
            Expr::Filter(filter) if holds && matches!(filter.name, "default" | "d") => {
                let nothing = |argument: &CallArg<'t>| match argument {
                    CallArg::Pos(Expr::Const(value)) => !value.value.is_true(),
                    CallArg::Pos(Expr::List(list)) => list.items.is_empty(),
                    _ => false,
                };
                if let (Some(value), true) = (&filter.expr, filter.args.iter().all(nothing)) {
                    self.learn(value, true);
                }
            }
            _ => {}
        }
    }

    /// What equals a value is there.
    fn learn_equal(&mut self, left: &Expr<'t>, right: &Expr<'t>) {
        match (left, right) {
            (Expr::Const(_), other) | (other, Expr::Const(_)) => {
                self.there.extend(self.path(other, false).map(|path| path.dotted()));
            }
            _ => {}
        }
    }

    /// How many names of a path are sure to be there.
    fn known_of(&self, path: &VariablePath) -> usize {
        let names = path.names();
        let shared = |known: &String| known.split('.').zip(&names).take_while(|(a, b)| a == *b).count();
        self.there.iter().map(shared).max().unwrap_or(0)
    }

    fn arguments(&mut self, arguments: &[CallArg<'t>]) {
        for argument in arguments {
            let (CallArg::Pos(value)
            | CallArg::Kwarg(_, value)
            | CallArg::PosSplat(value)
            | CallArg::KwargSplat(value)) = argument;
            self.expression(value, false);
        }
    }

    fn call(&mut self, call: &ast::Spanned<ast::Call<'t>>) {
        match call.identify_call() {
            CallType::Function(name) => {
                if !FUNCTIONS.contains(&name) && !self.is_local(name) {
                    let known = FUNCTIONS.into_iter();
                    self.unknown(TemplateCode::UnknownFunction, name, known, call.span());
                }
            }
            CallType::Method(object, _) => self.expression(object, false),
            CallType::Block(_) => self.not_allowed("self", call.span()),
            CallType::Object(object) => self.expression(object, false),
        }
        self.arguments(&call.args);
    }

    /// `a.b["c"]`, if the expression is nothing but that.
    fn path(&self, expression: &Expr<'t>, optional: bool) -> Option<VariablePath> {
        let segment =
            |name: &str, place| Segment { name: name.to_string(), place, optional: false, null_safe: false };
        let mut segments = Vec::new();
        let mut rest = expression;
        loop {
            match rest {
                Expr::Var(name) => {
                    segments.push(segment(name.id, self.place(name.span().start_offset)));
                    break;
                }
                Expr::GetAttr(access) => {
                    // The span covers the whole chain; the name is its end.
                    let start = access.span().end_offset.saturating_sub(access.name.len() as u32);
                    segments.push(segment(access.name, self.place(start)));
                    rest = &access.expr;
                }
                Expr::GetItem(access) => {
                    let Expr::Const(constant) = &access.subscript_expr else { return None };
                    let name = constant.value.as_str()?;
                    segments.push(segment(name, self.place(constant.span().start_offset)));
                    rest = &access.expr;
                }
                _ => return None,
            }
        }
        segments.reverse();
        if let (Some(last), true) = (segments.last_mut(), optional) {
            last.optional = true;
        }
        Some(VariablePath { segments })
    }

    fn place(&self, offset: u32) -> Place {
        let before = self.text.get(..offset as usize).unwrap_or_default();
        let column = before.chars().rev().take_while(|c| *c != '\n').count() + 1;
        Place { line: Some(before.matches('\n').count() + 1), column: Some(column) }
    }

    fn refuse(&mut self, error: TemplateError, span: Span) {
        let Place { line, column } = self.place(span.start_offset);
        self.problem.get_or_insert(TemplateError { line, column, ..error });
    }

    fn not_allowed(&mut self, name: &str, span: Span) {
        let text = Text::new(
            format!("`{name}` is not available in templates"),
            format!("`{name}` steht in Vorlagen nicht zur Verfügung"),
        );
        self.refuse(TemplateError::new(TemplateCode::NotAllowed, text), span);
    }

    /// Null is not there for a template, so comparing with it says nothing.
    fn null(&mut self, span: Span) {
        let text = Text::new(
            "templates treat null as missing; there is nothing to compare",
            "Für Vorlagen fehlt eine leere Angabe (null) einfach; sie lässt sich nicht vergleichen",
        );
        let help = Text::new("write `is defined`", "Schreiben Sie `is defined`");
        self.refuse(TemplateError::new(TemplateCode::NotAllowed, text).with_help(help), span);
    }

    fn unknown(
        &mut self,
        code: TemplateCode,
        name: &str,
        known: impl Iterator<Item = &'static str>,
        span: Span,
    ) {
        let (what, what_de) = match code {
            TemplateCode::UnknownFilter => ("filter", "Den Filter"),
            TemplateCode::UnknownTest => ("test", "Die Prüfung"),
            _ => ("function", "Die Funktion"),
        };
        let text =
            Text::new(format!("there is no {what} `{name}`"), format!("{what_de} `{name}` gibt es nicht"));
        let mut error = TemplateError::new(code, text);
        error.help = nearest(name, known).map(|near| {
            Box::new(Text::new(format!("did you mean `{near}`?"), format!("Meinten Sie `{near}`?")))
        });
        self.refuse(error, span);
    }
}
