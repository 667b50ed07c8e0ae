#include "analyzer/functions/signature.h"

namespace hanok::analyzer {

using types::DataType;

void register_json_csv_xml(FunctionRegistry& registry) {
    FunctionGroup json(registry, "json_funcs");
    json.scalar("get_json_object", {"string", "string"}, "string", "The part of a JSON text at a path.").nulls(Nulls::kAlways);
    json.scalar("json_array_length", {"string"}, "int", "Number of elements of the outermost JSON array.")
        .nulls(Nulls::kAlways);
    json.scalar("json_object_keys", {"string"}, "array<string>", "Keys of the outermost JSON object.").nulls(Nulls::kAlways);
}

}  // namespace hanok::analyzer
