// COMMENT ON CATALOG / SCHEMA / TABLE / COLUMN.

#include <nlohmann/json.hpp>

#include "base/error.h"
#include "commands/command.h"
#include "commands/delta_write.h"
#include "commands/names.h"
#include "delta/snapshot.h"
#include "delta/table.h"
#include "delta/transaction.h"

namespace hanok::commands {

namespace {

// The field's metadata with or without a comment.
std::string with_comment(const std::string& metadata, const std::optional<std::string>& text) {
    auto j = metadata.empty() ? nlohmann::ordered_json::object()
                              : nlohmann::ordered_json::parse(metadata);
    if (text) {
        j["comment"] = *text;
    } else {
        j.erase("comment");
    }
    return j.empty() ? "" : j.dump();
}

types::TypePtr comment_column(const types::TypePtr& schema, const plan::Name& path, size_t depth,
    const std::optional<std::string>& text) {
    auto fields = schema->is(types::TypeId::kStruct) ? schema->fields() : types::Fields{};
    int i = schema->is(types::TypeId::kStruct) ? schema->field_index(path[depth]) : -1;
    if (i < 0) {
        std::string proposal;
        for (const auto& f : fields)
            proposal += (proposal.empty() ? "" : ", ") + quote_identifier(f.name);
        throw analysis_error("UNRESOLVED_COLUMN.WITH_SUGGESTION",
            {{"objectName", quote_identifier(path)}, {"proposal", proposal}});
    }
    auto& field = fields[static_cast<size_t>(i)];
    if (depth + 1 == path.size()) {
        field.metadata = with_comment(field.metadata, text);
    } else {
        field.type = comment_column(field.type, path, depth + 1, text);
    }
    return types::DataType::struct_(std::move(fields));
}

void comment_delta(Session& session, const DeltaTarget& target, const plan::Comment& command) {
    auto snapshot = target.table->snapshot();
    auto transaction = delta::Transaction::start(target.table, snapshot);
    auto metadata = snapshot->metadata();
    if (command.on == plan::Comment::On::kTable) {
        metadata.description = command.text;
        transaction->set_operation("SET TBLPROPERTIES",
            {{"properties", nlohmann::json({{"comment", command.text.value_or("")}}).dump()}});
    } else {
        metadata.schema_string =
            comment_column(snapshot->schema(), command.column, 0, command.text)->json();
        transaction->set_operation("CHANGE COLUMN",
            {{"column", nlohmann::json({{"name", command.column.back()}}).dump()}});
    }
    transaction->update_metadata(metadata);
    sign(session, *transaction);
    transaction->commit_or_throw();
}

}  // namespace

Output comment_on(Session& session, const plan::Comment& command) {
    auto& catalog = session.platform().catalog();
    auto name = name_parts(session, command.name);
    if (command.on == plan::Comment::On::kCatalog) {
        auto info = catalog.find_catalog(name.back());
        if (!info)
            throw analysis_error("CATALOG_NOT_FOUND", {{"catalogName", quote_identifier(name)}});
        info->comment = command.text.value_or("");
        catalog.update_catalog(*info);
        return nullptr;
    }
    if (command.on == plan::Comment::On::kNamespace) {
        auto schema = find_schema(session, session.namespace_key(name));
        schema.comment = command.text.value_or("");
        catalog.update_schema(schema);
        return nullptr;
    }
    auto info = Session::path_table(name) ? std::nullopt : std::optional(find_table(session, name));
    if (!info || info->provider == "delta") {
        comment_delta(session, delta_target(session, name, "", "COMMENT ON"), command);
    }
    if (!info) return nullptr;
    if (command.on == plan::Comment::On::kTable) {
        info->comment = command.text;
    } else if (info->provider != "delta") {
        info->columns = comment_column(info->columns, command.column, 0, command.text);
    }
    catalog.update_table(*info);
    return nullptr;
}

}  // namespace hanok::commands
