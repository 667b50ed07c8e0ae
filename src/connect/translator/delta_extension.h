#pragma once
// What Delta's Python API (DeltaTable) sends: extension messages inside Spark Connect's relations
// and commands.

#include <string>
#include <vector>

#include "connect/translator/translator.h"

namespace delta::connect {
class Assignment;
class CloneTable;
class ConvertToDelta;
class CreateDeltaTable;
class CreateDeltaTable_Column;
class DeltaTable;
class DeleteFromTable;
class MergeIntoTable;
class MergeIntoTable_Action;
class OptimizeTable;
class RestoreTable;
class UpdateTable;
}  // namespace delta::connect

namespace hanok::connect {

// One use per message; borrows the translator of the request.
class DeltaExtension {
public:
    DeltaExtension(Translator& translator, const sql::ParserOptions& sql)
        : translator_(translator), sql_(sql) {}

    static bool is_relation(const std::string& type_url);
    static bool is_command(const std::string& type_url);
    // `bytes` is the message inside the Any. Throws as Translator does.
    std::shared_ptr<plan::Relation> relation(const std::string& bytes);
    plan::CommandPtr command(const std::string& bytes);

private:
    plan::CommandPtr delete_from(const delta::connect::DeleteFromTable& message);
    plan::CommandPtr update(const delta::connect::UpdateTable& message);
    plan::CommandPtr merge(const delta::connect::MergeIntoTable& message);
    plan::MergeClause merge_clause(const delta::connect::MergeIntoTable_Action& message);
    plan::CommandPtr optimize(const delta::connect::OptimizeTable& message);
    plan::CommandPtr restore(const delta::connect::RestoreTable& message);
    plan::CommandPtr create(const delta::connect::CreateDeltaTable& message);
    plan::CommandPtr convert(const delta::connect::ConvertToDelta& message);
    plan::CommandPtr clone(const delta::connect::CloneTable& message);
    plan::Assignment assignment(const delta::connect::Assignment& message);
    // {"delta", path} for a table by path.
    plan::Name name(const delta::connect::DeltaTable& message) const;

    Translator& translator_;
    const sql::ParserOptions& sql_;
};

}  // namespace hanok::connect
