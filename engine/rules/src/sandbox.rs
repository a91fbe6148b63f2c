//! The sandbox: one rhai engine, configured once and sealed, shared by all rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use rhai::{AST, Caches, Dynamic, Engine, EvalAltResult, Module, OptimizationLevel, Scope, Stmt};

use crate::error::{Limit, RuleError};
use crate::expression::{Expression, Program, Script};
use crate::fault::parse_error;
use crate::functions;
use crate::limits::Limits;
use crate::variables::{Functions, analyse};
use crate::work::Work;

type RhaiResult = Result<Dynamic, Box<EvalAltResult>>;

/// Compiles rules. Cheap to clone, and every rule keeps the sandbox it was compiled in.
///
/// A rule sees the variables handed to an evaluation and the registered functions, and
/// nothing else: no clock, no randomness, no files, no network, no output, no floats, no
/// other scripts. Integer division drops the remainder towards zero (`7 / 2` is 3, `-7 / 2`
/// is -3); use `round_down`, `round_up` or `round_half_up` to say how to round.
#[derive(Clone)]
pub struct Sandbox {
    pub(crate) inner: Arc<Sealed>,
}

pub(crate) struct Sealed {
    pub engine: Engine,
    pub functions: Functions,
    pub limits: Limits,
}

/// What an evaluation by rhai needs besides its variables.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// The functions of the script.
    pub functions: Option<&'a Arc<Module>>,
    /// The tag of an evaluation that expects properties to be missing.
    pub expected: Option<&'a Dynamic>,
}

impl Sealed {
    /// Lets rhai evaluate; also how many operations that took.
    pub(crate) fn run(&self, scope: &mut Scope, statements: &[Stmt], beside: Beside) -> (RhaiResult, u64) {
        let work = Work::begin();
        let mut global = self.engine.new_global_runtime_state();
        global.lib.extend(beside.functions.cloned());
        if let Some(expected) = beside.expected {
            global.tag = expected.clone();
        }
        // The only way to evaluate a syntax tree with a tag of its own.
        #[allow(deprecated)]
        let result = self.engine.eval_statements_raw(&mut global, &mut Caches::new(), scope, statements);
        (result, work.operations())
    }
}

/// Collects functions and limits before the sandbox is sealed.
pub struct SandboxBuilder {
    engine: Engine,
    limits: Limits,
}

impl Default for Sandbox {
    fn default() -> Self {
        Self::builder().build()
    }
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Sandbox").field("limits", &self.inner.limits).finish_non_exhaustive()
    }
}

impl Sandbox {
    pub fn builder() -> SandboxBuilder {
        let mut engine = Engine::new_raw();
        functions::register(&mut engine);
        SandboxBuilder { engine, limits: Limits::default() }
    }

    pub fn limits(&self) -> &Limits {
        &self.inner.limits
    }

    /// The names of all functions that a rule can call, sorted.
    pub fn function_names(&self) -> impl Iterator<Item = &str> {
        let names = self.inner.functions.keys().map(String::as_str);
        names.filter(|name| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    }

    /// Compiles a single expression: `!application.is_owner && steps.draft.fee > 0`.
    pub fn expression(&self, text: &str) -> Result<Expression, RuleError> {
        let limits = &self.inner.limits;
        check_size(text, limits.expression_bytes)?;
        let ast = self.inner.engine.compile_expression(text);
        let ast = ast.map_err(|error| parse_error(&error, limits))?;
        Ok(Expression { program: self.program(&ast)? })
    }

    /// Compiles a script; its last value is its result. It may define functions, which
    /// see their parameters only.
    pub fn script(&self, text: &str) -> Result<Script, RuleError> {
        let limits = &self.inner.limits;
        check_size(text, limits.script_bytes)?;
        let ast = self.inner.engine.compile(text);
        let ast = ast.map_err(|error| parse_error(&error, limits))?;
        Ok(Script { program: self.program(&ast)?, text: text.into() })
    }

    /// The syntax tree of an expression that compiles.
    pub(crate) fn syntax(&self, text: &str) -> Option<AST> {
        self.inner.engine.compile_expression(text).ok()
    }

    fn program(&self, ast: &AST) -> Result<Program, RuleError> {
        let sealed = &self.inner;
        // Half of the variables remain for the rule's own.
        let slots = sealed.limits.variables / 2;
        let (analysis, statements) = analyse(ast, &sealed.functions, slots)?;
        let direct = crate::direct::compile(ast, &analysis, &statements, &sealed.limits);
        Ok(Program::new(self.clone(), ast.shared_lib().clone(), analysis, statements, direct))
    }
}

fn check_size(text: &str, maximum: usize) -> Result<(), RuleError> {
    if text.len() > maximum {
        return Err(RuleError::limit(Limit::SourceSize, maximum));
    }
    Ok(())
}

impl SandboxBuilder {
    /// Registers a function that rules may call. It must be pure: same arguments, same
    /// result. To fail, it returns `Result<T, Box<EvalAltResult>>` made from a
    /// [`RuleError`].
    #[must_use]
    pub fn function<A, const N: usize, const X: bool, R, const F: bool, FUNC>(
        mut self,
        name: &str,
        function: FUNC,
    ) -> Self
    where
        A: 'static,
        R: rhai::Variant + Clone,
        FUNC: rhai::RhaiNativeFunc<A, N, X, R, F> + Send + Sync + 'static,
    {
        self.engine.register_fn(name, function);
        self
    }

    /// Hands over the engine once, to register many functions or types. What is set here
    /// of limits and language options is overwritten by [`SandboxBuilder::build`].
    #[must_use]
    pub fn register(mut self, register: impl FnOnce(&mut Engine)) -> Self {
        register(&mut self.engine);
        self
    }

    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    pub fn build(self) -> Sandbox {
        let Self { mut engine, limits } = self;
        engine
            .set_max_operations(limits.operations)
            .set_max_call_levels(limits.call_depth)
            .set_max_expr_depths(limits.expression_depth, limits.function_expression_depth)
            .set_max_string_size(limits.string_bytes)
            .set_max_array_size(limits.array_items)
            .set_max_map_size(limits.map_entries)
            .set_max_variables(limits.variables)
            .set_max_functions(limits.functions)
            // The interner is shared by all threads and would be a lock in every rule.
            .set_max_strings_interned(0)
            // The optimiser drops dead code, and with it names that must be checked.
            .set_optimization_level(OptimizationLevel::None)
            .set_fail_on_invalid_map_property(true)
            .set_fast_operators(false);
        // Shifting loses bits without an error; `^` is mistaken for "to the power of".
        for symbol in ["<<", ">>", "<<=", ">>=", "^", "^="] {
            engine.disable_symbol(symbol);
        }
        crate::expression::allow_expected_properties(&mut engine);
        crate::work::limit(&mut engine, limits.operations);
        let mut functions: Functions = BTreeMap::new();
        let names = engine.collect_fn_metadata(
            None,
            |info| Some((info.metadata.name.to_string(), info.metadata.num_params)),
            true,
        );
        names.into_iter().chain([("type_of".to_string(), 1)]).for_each(|(name, arguments)| {
            functions.entry(name).or_default().insert(arguments);
        });
        Sandbox { inner: Arc::new(Sealed { engine, functions, limits }) }
    }
}
