#include "delta/file_skipping.h"

namespace hanok::delta {

namespace {

using types::Value;

std::shared_ptr<Predicate> leaf(
    PredicateOp op, std::vector<std::string> column, std::vector<Value> literals) {
    auto made = std::make_shared<Predicate>();
    made->op = op;
    made->column = std::move(column);
    made->literals = std::move(literals);
    return made;
}

std::shared_ptr<Predicate> inner(PredicateOp op, std::vector<PredicatePtr> children) {
    auto made = std::make_shared<Predicate>();
    made->op = op;
    made->children = std::move(children);
    return made;
}

}  // namespace

PredicatePtr Predicate::compare(PredicateOp op, std::vector<std::string> column, Value literal) {
    return leaf(op, std::move(column), {std::move(literal)});
}
PredicatePtr Predicate::in(std::vector<std::string> column, std::vector<Value> literals) {
    return leaf(PredicateOp::kIn, std::move(column), std::move(literals));
}
PredicatePtr Predicate::is_null(std::vector<std::string> column) {
    return leaf(PredicateOp::kIsNull, std::move(column), {});
}
PredicatePtr Predicate::is_not_null(std::vector<std::string> column) {
    return leaf(PredicateOp::kIsNotNull, std::move(column), {});
}
PredicatePtr Predicate::starts_with(std::vector<std::string> column, std::string prefix) {
    return leaf(
        PredicateOp::kStartsWith, std::move(column), {types::string_value(std::move(prefix))});
}
PredicatePtr Predicate::all_of(std::vector<PredicatePtr> children) {
    return inner(PredicateOp::kAnd, std::move(children));
}
PredicatePtr Predicate::any_of(std::vector<PredicatePtr> children) {
    return inner(PredicateOp::kOr, std::move(children));
}
PredicatePtr Predicate::negate(PredicatePtr child) {
    return inner(PredicateOp::kNot, {std::move(child)});
}
PredicatePtr Predicate::constant(bool value) {
    return inner(value ? PredicateOp::kAlwaysTrue : PredicateOp::kAlwaysFalse, {});
}
PredicatePtr Predicate::unknown() { return inner(PredicateOp::kUnknown, {}); }

}  // namespace hanok::delta
