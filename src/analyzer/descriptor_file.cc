#include "analyzer/descriptor_file.h"

#include "resolved/tree.h"

namespace hanok::analyzer {

namespace {

std::string content_of(Analyzer::Impl& impl, const std::string& path) {
    auto file = std::make_shared<plan::DataSource>();
    file->format = "binaryFile";
    file->paths = {path};
    try {
        auto rel = impl.resolve(file);
        Context columns;
        columns.input = &rel;
        auto content = impl.resolve_in(columns, plan::attribute({"content"}));
        auto rows = impl.resolver.collect(Analyzer::Impl::project_plan(rel.plan,
                                              {Analyzer::Impl::named("content", content.expr)}),
            2);
        if (rows.size() == 1) return rows[0][0].as_string();
    } catch (const Error& e) {
        if (e.condition() != "PATH_NOT_FOUND") throw;
    }
    throw analysis_error("PROTOBUF_DESCRIPTOR_FILE_NOT_FOUND", {{"filePath", path}});
}

}  // namespace

void load_descriptors(Analyzer::Impl& impl, const std::string& function, resolved::Exprs* args) {
    bool is_protobuf = function == "from_protobuf" || function == "to_protobuf";
    if (!is_protobuf || args->size() < 3) return;
    auto& path = args->at(2);
    if (!path->type->is_string() || !resolved::is_foldable(*path)) return;
    auto value = impl.fold_typed(path);
    if (value.is_null()) return;
    path = std::make_shared<resolved::Literal>(
        types::DataType::binary(), types::string_value(content_of(impl, value.as_string())));
}

}  // namespace hanok::analyzer
