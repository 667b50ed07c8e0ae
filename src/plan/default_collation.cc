#include "plan/default_collation.h"

namespace hanok::plan {

namespace {

constexpr const char* kName = "DEFAULT COLLATION\n";  // no identifier

}  // namespace

RelationPtr with_default_collation(RelationPtr child, const std::string& collation) {
    if (collation.empty()) return child;
    auto hint = std::make_shared<Hint>();
    hint->child = std::move(child);
    hint->name = kName;
    hint->parameters = {
        std::make_shared<Literal>(types::DataType::string(), types::string_value(collation))};
    return hint;
}

std::optional<std::string> default_collation(const Hint& hint) {
    if (hint.name != kName || hint.parameters.size() != 1) return std::nullopt;
    return hint.parameters[0]->as<Literal>().value.as_string();
}

std::string default_collation_of(const Relation& body) {
    switch (body.kind) {
        case RelationKind::kHint: return default_collation(body.as<Hint>()).value_or("");
        case RelationKind::kToDf: return default_collation_of(*body.as<ToDf>().child);
        default: return "";
    }
}

}  // namespace hanok::plan
