#include "analyzer/functions/signature.h"

#include <map>

#include "analyzer/coercion.h"
#include "analyzer/functions/parameter.h"

namespace hanok::analyzer {

using resolved::ExprPtr;
using resolved::Exprs;
using types::DataType;
using types::TypePtr;

struct Signature {
    std::vector<std::string> parameters;
    std::vector<Parameter> parsed;
    std::string result;
    ResultRule result_rule;
    Nulls nulls = Nulls::kIfAnyArgument;
    NullRule null_rule;
    Rewrite rewrite;
    std::string kernel;
};

namespace {

int arity_max(const std::vector<Parameter>& parameters) {
    int count = 0;
    for (const auto& p : parameters) {
        if (p.is_repeated) return -1;
        ++count;
    }
    return count;
}

int arity_min(const std::vector<Parameter>& parameters) {
    int count = 0;
    for (const auto& p : parameters) count += p.is_optional || p.is_repeated_from_zero() ? 0 : 1;
    return count;
}

// Brings all arguments of one type variable to their widest type.
void unify(const std::map<std::string, std::vector<size_t>>& variables, const FunctionDef& def,
    CallInput& input, Exprs& args) {
    for (const auto& [name, positions] : variables) {
        Exprs members;
        for (auto i : positions) members.push_back(args[i]);
        auto type = common_type(def, input, members);
        for (auto i : positions) args[i] = cast_to(args[i], type, input.context.ansi);
    }
}

Exprs coerce(const std::vector<Parameter>& parameters, const FunctionDef& def, CallInput& input) {
    Exprs args = input.args;
    std::map<std::string, std::vector<size_t>> variables;
    for (size_t i = 0; i < args.size(); ++i) {
        const auto& p = parameters[std::min(i, parameters.size() - 1)];
        if (p.is_variable()) {
            variables[p.alternatives[0]].push_back(i);
            continue;
        }
        auto type = accepted_type(p, *args[i]->type, input.context.ansi);
        if (!type) raise_unexpected_type(def, input, i, required_types(p));
        if (!type->same_type(*args[i]->type)) args[i] = cast_to(args[i], type, input.context.ansi);
    }
    unify(variables, def, input, args);
    for (size_t i = args.size(); i < parameters.size() && parameters[i].default_value; ++i) {
        args.push_back(parameters[i].default_value);
    }
    return args;
}

TypePtr result_type(const Signature& s, const Exprs& args, CallInput& input) {
    if (s.result_rule) return s.result_rule(args, input);
    if (s.result.starts_with("arg")) {
        size_t i = static_cast<size_t>(s.result[3] - '0');
        return i < args.size() ? args[i]->type : DataType::null();
    }
    for (size_t i = 0; i < args.size(); ++i) {
        const auto& p = s.parsed[std::min(i, s.parsed.size() - 1)];
        if (p.is_variable() && p.alternatives[0] == s.result) return args[i]->type;
    }
    return type_named(s.result);
}

bool result_nullable(const Signature& s, const Exprs& args) {
    if (s.null_rule) return s.null_rule(args);
    if (s.nulls == Nulls::kIfAnyArgument) return any_nullable(args);
    return s.nulls == Nulls::kAlways;
}

ExprPtr bind_signature(const Signature& s, const FunctionDef& def, CallInput& input) {
    check_arity(def, input);
    auto args = coerce(s.parsed, def, input);
    if (s.rewrite) return s.rewrite(std::move(args), input);
    auto type = result_type(s, args, input);
    bool nullable = result_nullable(s, args);
    auto call = std::make_shared<resolved::Call>(
        s.kernel.empty() ? def.name : s.kernel, std::move(args), type, nullable);
    call->ansi = input.context.ansi;
    call->origin = input.origin;
    call->deterministic = def.deterministic;
    return call;
}

}  // namespace

FunctionMaker::FunctionMaker(
    FunctionRegistry& registry, FunctionDef def, std::shared_ptr<Signature> signature)
    : registry_(registry), def_(std::move(def)), signature_(std::move(signature)) {}

FunctionMaker::~FunctionMaker() {
    auto name = def_.name;
    registry_.add(std::move(def_));
    for (const auto& alias : aliases_) registry_.add_alias(alias, name);
}

FunctionMaker& FunctionMaker::nulls(Nulls nulls) {
    signature_->nulls = nulls;
    return *this;
}
FunctionMaker& FunctionMaker::nulls(NullRule rule) {
    signature_->null_rule = std::move(rule);
    return *this;
}
FunctionMaker& FunctionMaker::result(ResultRule rule) {
    signature_->result_rule = std::move(rule);
    return *this;
}
FunctionMaker& FunctionMaker::rewrite(Rewrite rewrite) {
    signature_->rewrite = std::move(rewrite);
    return *this;
}
FunctionMaker& FunctionMaker::nondeterministic() {
    def_.deterministic = false;
    return *this;
}
FunctionMaker& FunctionMaker::kernel(std::string name) {
    signature_->kernel = std::move(name);
    return *this;
}
FunctionMaker& FunctionMaker::label(std::string name) {
    def_.column_name = [name](const std::vector<std::string>& args) {
        std::string out = name + "(";
        for (size_t i = 0; i < args.size(); ++i) out += (i ? ", " : "") + args[i];
        return out + ")";
    };
    return *this;
}
FunctionMaker& FunctionMaker::column_name(
    std::function<std::string(const std::vector<std::string>&)> name) {
    def_.column_name = std::move(name);
    return *this;
}
FunctionMaker& FunctionMaker::parameters(std::vector<std::string> names) {
    def_.parameter_names = std::move(names);
    return *this;
}
FunctionMaker& FunctionMaker::aliases(const std::vector<std::string>& names) {
    aliases_ = names;
    if (signature_->kernel.empty()) signature_->kernel = def_.name;
    return *this;
}

FunctionMaker FunctionGroup::scalar(const std::string& name,
    const std::vector<std::string>& parameters, const std::string& result,
    const std::string& usage) {
    auto signature = std::make_shared<Signature>();
    signature->parameters = parameters;
    for (const auto& p : parameters) signature->parsed.push_back(parse_parameter(p));
    signature->result = result;
    FunctionDef def;
    def.name = name;
    def.group = group_;
    def.usage = usage;
    def.min_args = arity_min(signature->parsed);
    def.max_args = arity_max(signature->parsed);
    def.bind = [signature](const FunctionDef& d, CallInput& input) {
        auto original = input.args;
        return shown_as(d, original, bind_signature(*signature, d, input));
    };
    bool has_defaults = false;
    for (const auto& p : signature->parsed)
        has_defaults = has_defaults || p.default_value != nullptr;
    if (has_defaults) {
        def.column_name = [signature, name](const std::vector<std::string>& args) {
            std::string out = name + "(";
            for (size_t i = 0; i < args.size(); ++i) out += (i ? ", " : "") + args[i];
            for (size_t i = args.size();
                 i < signature->parsed.size() && signature->parsed[i].default_value; ++i) {
                const auto& value = signature->parsed[i].default_value;
                auto text = constant_string(value);
                out += ", " + (text ? *text : expression_name(*value));
            }
            return out + ")";
        };
    }
    return FunctionMaker(registry_, std::move(def), signature);
}

FunctionMaker FunctionGroup::custom(const std::string& name, int min_args, int max_args,
    BindFunction bind, const std::string& usage) {
    FunctionDef def;
    def.name = name;
    def.group = group_;
    def.usage = usage;
    def.min_args = min_args;
    def.max_args = max_args;
    def.bind = [bind](const FunctionDef& d, CallInput& input) {
        check_arity(d, input);
        auto original = input.args;
        return shown_as(d, original, bind(d, input));
    };
    return FunctionMaker(registry_, std::move(def), std::make_shared<Signature>());
}

Exprs coerce_arguments(
    const std::vector<std::string>& parameters, const FunctionDef& def, CallInput& input) {
    std::vector<Parameter> parsed;
    for (const auto& p : parameters) parsed.push_back(parse_parameter(p));
    return coerce(parsed, def, input);
}

}  // namespace hanok::analyzer
