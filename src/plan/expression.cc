#include "plan/expression.h"

namespace hanok::plan {

ExprPtr literal(types::TypePtr type, types::Value value) {
    return std::make_shared<Literal>(std::move(type), std::move(value));
}
ExprPtr null_literal() { return literal(types::DataType::null(), types::Value()); }
ExprPtr string_literal(std::string text) {
    return literal(types::DataType::string(), types::string_value(std::move(text)));
}
ExprPtr int_literal(int64_t value) {
    return literal(types::DataType::integer(), types::int_value(value));
}
ExprPtr long_literal(int64_t value) {
    return literal(types::DataType::long_(), types::int_value(value));
}
ExprPtr bool_literal(bool value) {
    return literal(types::DataType::boolean(), types::bool_value(value));
}
ExprPtr attribute(std::vector<std::string> parts) {
    return std::make_shared<Attribute>(std::move(parts));
}
ExprPtr call(std::string name, Exprs args, OriginPtr origin) {
    auto f = std::make_shared<Function>(std::move(name), std::move(args));
    f->origin = std::move(origin);
    return f;
}
ExprPtr alias(ExprPtr child, std::string name) {
    return std::make_shared<Alias>(std::move(child), std::vector<std::string>{std::move(name)});
}

}  // namespace hanok::plan
