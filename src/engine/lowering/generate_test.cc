#include <gtest/gtest.h>

#include "engine/testing/plans.h"

namespace hanok::engine {

using namespace testing;
using types::DataType;

namespace {

const Attribute kId = attribute(1, DataType::long_(), "id");

types::Value list(std::vector<int64_t> items) {
    types::Value::List values;
    for (auto item : items) values.push_back(types::int_value(item));
    return types::list_value(std::move(values));
}

PlanPtr generate(PlanPtr child, const std::string& function, Exprs args, Attributes generated,
    bool outer = false) {
    auto plan = std::make_shared<Generate>();
    plan->output = child->output;
    plan->output.insert(plan->output.end(), generated.begin(), generated.end());
    plan->child = std::move(child);
    plan->function = function;
    plan->args = std::move(args);
    plan->generated = std::move(generated);
    plan->outer = outer;
    return plan;
}

PlanPtr arrays(const Attribute& array) {
    return values(
        {kId, array}, {{lit(1), literal(list({10, 20}), array.type)},
                          {lit(2), literal(list({}), array.type)}, {lit(3), null_of(array.type)}});
}

std::string without_column(const PlanPtr& plan, size_t skipped) {
    NamedExprs columns;
    for (size_t i = 0; i < plan->output.size(); ++i)
        if (i != skipped) columns.push_back({plan->output[i], ref(plan->output[i])});
    return rows(sort(
        project(plan, columns), {{ref(kId), true, true}, {ref(plan->output.back()), true, true}}));
}

}  // namespace

TEST(Generate, Explode) {
    auto array = attribute(2, DataType::array(DataType::long_()));
    auto out = attribute(3, DataType::long_());
    EXPECT_EQ(
        without_column(generate(arrays(array), "explode", {ref(array)}, {out}), 1), "1,10;1,20");
    EXPECT_EQ(without_column(generate(arrays(array), "explode", {ref(array)}, {out}, true), 1),
        "1,10;1,20;2,NULL;3,NULL");
}

TEST(Generate, PosExplode) {
    auto array = attribute(2, DataType::array(DataType::long_()));
    Attributes out = {attribute(3, DataType::integer()), attribute(4, DataType::long_())};
    EXPECT_EQ(without_column(generate(arrays(array), "posexplode", {ref(array)}, out), 1),
        "1,0,10;1,1,20");
    EXPECT_EQ(without_column(generate(arrays(array), "posexplode", {ref(array)}, out, true), 1),
        "1,0,10;1,1,20;2,NULL,NULL;3,NULL,NULL");
}

TEST(Generate, ExplodeMap) {
    auto map = attribute(2, DataType::map(DataType::long_(), DataType::string()));
    types::Value entries = types::list_value(
        {types::int_value(5), types::string_value("a"), types::int_value(6), {}});
    auto data = values(
        {kId, map}, {{lit(1), literal(entries, map.type)}, {lit(2), null_of(map.type)}});
    Attributes out = {attribute(3, DataType::long_()), attribute(4, DataType::string())};
    auto plan = generate(data, "explode", {ref(map)}, out, true);
    EXPECT_EQ(without_column(plan, 1), "1,6,NULL;1,5,a;2,NULL,NULL");
}

TEST(Generate, Inline) {
    auto item = DataType::struct_({{"a", DataType::long_()}, {"a", DataType::string()}});
    auto array = attribute(2, DataType::array(item));
    auto pair = types::list_value({types::int_value(5), types::string_value("x")});
    auto data = values(
        {kId, array}, {{lit(1), literal(types::list_value({pair, pair}), array.type)}});
    Attributes out = {attribute(3, DataType::long_()), attribute(4, DataType::string())};
    EXPECT_EQ(without_column(generate(data, "inline", {ref(array)}, out), 1), "1,5,x;1,5,x");
}

TEST(Generate, Stack) {
    Attributes out = {attribute(3, DataType::long_()), attribute(4, DataType::string())};
    auto n = literal(types::int_value(2), DataType::integer());
    auto plan = generate(
        range(kId, 0, 1), "stack", {n, lit(1), lit("a"), plus(ref(kId), lit(2))}, out);
    EXPECT_EQ(rows(plan), "0,1,a;0,2,NULL");
}

TEST(Generate, LambdasSeeColumns) {
    auto array = attribute(2, DataType::array(DataType::long_()));
    auto x = attribute(90, DataType::long_(), "x");
    auto variable = std::make_shared<AttributeRef>(x);
    variable->is_lambda = true;
    auto lambda = std::make_shared<Lambda>(Attributes{x}, plus(variable, ref(kId)));
    auto transformed = call("transform", {ref(array), lambda}, array.type);
    EXPECT_EQ(
        rows(project(arrays(array), {{attribute(5, array.type), transformed}})), "[11 21];[];NULL");
}

}  // namespace hanok::engine
