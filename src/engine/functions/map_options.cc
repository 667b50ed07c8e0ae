#include "engine/functions/map_options.h"

namespace hanok::engine {

SourceOptions map_options(const resolved::Exprs& args, size_t i) {
    SourceOptions options;
    if (i >= args.size() || args[i]->kind != resolved::ExprKind::kCall) return options;
    const auto& entries = args[i]->as<resolved::Call>().args;
    auto text = [](const resolved::ExprPtr& e) {
        const auto* literal = e->kind == resolved::ExprKind::kLiteral ? &e->as<resolved::Literal>()
                                                                      : nullptr;
        return literal ? types::value_name(literal->value, *literal->type) : std::string();
    };
    for (size_t k = 0; k + 1 < entries.size(); k += 2)
        options[types::to_lower(text(entries[k]))] = text(entries[k + 1]);
    return options;
}

}  // namespace hanok::engine
