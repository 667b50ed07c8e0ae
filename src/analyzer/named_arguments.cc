// Arguments given by name, in the order of the function's parameters.

#include <algorithm>

#include "analyzer/impl.h"

namespace hanok::analyzer {

using Impl = Analyzer::Impl;

plan::Exprs Impl::positional_arguments(const FunctionDef& def, const plan::Exprs& args) {
    auto is_named = [](const plan::ExprPtr& e) {
        return e->kind == plan::ExprKind::kNamedArgument;
    };
    if (std::none_of(args.begin(), args.end(), is_named)) return args;
    auto routine = quote_identifier(def.name);
    if (def.parameter_names.empty())
        throw analysis_error("NAMED_PARAMETERS_NOT_SUPPORTED", {{"functionName", routine}});
    plan::Exprs ordered;
    std::map<size_t, plan::ExprPtr> named;
    for (const auto& arg : args) {
        if (!is_named(arg)) {
            if (!named.empty()) {
                throw analysis_error("UNEXPECTED_POSITIONAL_ARGUMENT",
                    {{"routineName", routine},
                        {"parameterName",
                            quote_identifier(def.parameter_names[std::min(
                                named.begin()->first, def.parameter_names.size() - 1)])}});
            }
            ordered.push_back(arg);
            continue;
        }
        const auto& argument = arg->as<plan::NamedArgument>();
        auto it = std::find_if(def.parameter_names.begin(), def.parameter_names.end(),
            [&](const std::string& n) { return types::names_equal(n, argument.name); });
        ErrorParameters p{
            {"routineName", routine}, {"parameterName", quote_identifier(argument.name)}};
        if (it == def.parameter_names.end()) {
            p["argumentName"] = p["parameterName"];
            p["proposal"] = quote_identifier(def.parameter_names[0]);
            throw analysis_error("UNRECOGNIZED_PARAMETER_NAME", std::move(p));
        }
        auto at = static_cast<size_t>(it - def.parameter_names.begin());
        if (at < ordered.size()) {
            throw analysis_error(
                "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.BOTH_POSITIONAL_AND_NAMED", std::move(p));
        }
        if (!named.emplace(at, argument.value).second) {
            throw analysis_error(
                "DUPLICATE_ROUTINE_PARAMETER_ASSIGNMENT.DOUBLE_NAMED_ARGUMENT_REFERENCE",
                std::move(p));
        }
    }
    for (auto& [at, value] : named) {
        while (ordered.size() < at) {
            // Left out between given ones: the function's own default.
            if (static_cast<int>(ordered.size()) < def.min_args) {
                throw analysis_error("REQUIRED_PARAMETER_NOT_FOUND",
                    {{"routineName", routine},
                        {"parameterName", quote_identifier(def.parameter_names[ordered.size()])},
                        {"index", std::to_string(ordered.size())}});
            }
            ordered.push_back(plan::null_literal());
        }
        ordered.push_back(value);
    }
    return ordered;
}

}  // namespace hanok::analyzer
