#include "engine/python/analyze_table.h"

#include "base/error.h"
#include "engine/python/worker_settings.h"
#include "python/framing.h"
#include "python/planner_call.h"
#include "resolved/python_analysis.h"

namespace hanok::engine {

namespace {

using types::Value;

void put_argument(std::string* out, const resolved::Expression& arg, const std::string& name) {
    python::put_text(out, arg.type->json());
    bool is_constant = arg.kind == resolved::ExprKind::kLiteral;
    python::put_bool(out, is_constant);
    if (is_constant) {
        python::put_text(out, python::pickled_value(arg.as<resolved::Literal>().value, *arg.type));
    }
    bool is_table = arg.kind == resolved::ExprKind::kCall &&
                    arg.as<resolved::Call>().function == resolved::kTableArgument;
    python::put_bool(out, is_table);
    python::put_bool(out, !name.empty());
    if (!name.empty()) python::put_text(out, name);
}

std::string request_of(const resolved::PythonUdf& udf) {
    std::string out;
    python::put_text(&out, udf.name);
    python::put_text(&out, udf.command);
    python::put_int(&out, static_cast<int32_t>(udf.args.size()));
    for (size_t i = 0; i < udf.args.size(); ++i) put_argument(&out, *udf.args[i], udf.arg_names[i]);
    return out;
}

// The answer, as the columns of an analysis.
std::vector<Value> read_answer(python::PlannerCall& call) {
    std::vector<Value> row;
    row.push_back(types::string_value(call.read_bytes()));
    row.push_back(types::string_value(call.read_bytes()));
    row.push_back(types::bool_value(call.read_int() == 1));
    Value::List partition;
    for (auto left = call.read_int(); left > 0; --left)
        partition.push_back(types::string_value(call.read_bytes()));
    row.push_back(types::list_value(std::move(partition)));
    Value::List order;
    for (auto left = call.read_int(); left > 0; --left) {
        auto name = call.read_bytes();
        bool ascending = call.read_int() == 1;
        auto nulls = call.read_int();
        order.push_back(types::list_value(
            {types::string_value(name), types::bool_value(ascending), types::int_value(nulls)}));
    }
    row.push_back(types::list_value(std::move(order)));
    Value::List select;
    for (auto left = call.read_int(); left > 0; --left) {
        auto name = call.read_bytes();
        auto alias = call.read_bytes();
        select.push_back(
            types::list_value({types::string_value(name), types::string_value(alias)}));
    }
    row.push_back(types::list_value(std::move(select)));
    return row;
}

}  // namespace

resolved::Values analyzed_table(
    python::WorkerPool& pool, const QueryContext& query, const resolved::PythonStage& stage) {
    const auto& udf = *stage.functions.at(0);
    resolved::Values out;
    out.output = stage.output;
    try {
        python::PlannerCall call(pool, "pyspark.sql.worker.analyze_udtf",
            worker_version(pool, udf.python_version), added_files(query), request_of(udf));
        auto row = read_answer(call);
        resolved::Exprs items;
        for (size_t i = 0; i < row.size(); ++i)
            items.push_back(
                std::make_shared<resolved::Literal>(stage.output[i].type, std::move(row[i])));
        out.rows = {std::move(items)};
    } catch (const python::PlannerError& error) {
        throw analysis_error("TABLE_VALUED_FUNCTION_FAILED_TO_ANALYZE_IN_PYTHON",
            {{"name", udf.name}, {"msg", error.traceback}});
    }
    return out;
}

}  // namespace hanok::engine
