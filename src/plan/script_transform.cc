#include "plan/script_transform.h"

namespace hanok::plan {

namespace {

ExprPtr text(const std::string& value) {
    return std::make_shared<Literal>(types::DataType::string(), types::string_value(value));
}

std::string text_of(const PythonUdf& udf, size_t i) {
    return udf.args[i]->as<Literal>().value.as_string();
}

}  // namespace

std::shared_ptr<MapInPython> make_script_transform(
    RelationPtr child, const ScriptTransform& transform) {
    auto udf = std::make_shared<PythonUdf>();
    udf->name = "script";
    udf->eval_type = kScriptEvalType;
    udf->command = transform.script;
    if (transform.columns) udf->output_type = types::DataType::struct_(*transform.columns);
    for (const auto* format : {&transform.input, &transform.output}) {
        udf->args.push_back(text(format->field_end));
        udf->args.push_back(text(format->null_text));
    }
    auto map = std::make_shared<MapInPython>();
    map->child = std::move(child);
    map->function = std::move(udf);
    return map;
}

bool is_script_transform(const MapInPython& map) {
    return map.function->as<PythonUdf>().eval_type == kScriptEvalType;
}

ScriptTransform script_transform_of(const MapInPython& map) {
    const auto& udf = map.function->as<PythonUdf>();
    ScriptTransform out;
    out.script = udf.command;
    if (udf.output_type) out.columns = udf.output_type->fields();
    out.input = {text_of(udf, 0), text_of(udf, 1)};
    out.output = {text_of(udf, 2), text_of(udf, 3)};
    return out;
}

}  // namespace hanok::plan
