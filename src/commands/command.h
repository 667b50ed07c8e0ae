#pragma once
// What statements do. Every verb is a function in a file of its own; dispatch.cc maps kinds to
// them.

#include "plan/command.h"
#include "plan/script.h"
#include "resolved/plan.h"
#include "session/session.h"

namespace hanok::commands {

using session::Session;

// Runs a command to its end. The rows it answers with, as a plan (Values); null when it has no
// output. Throws Error; a failed command leaves tables at their last version.
resolved::PlanPtr run(Session& session, const plan::CommandPtr& command);

// Lets SQL relations that hold a command (SHOW …) run it. Called once at start.
void install();

// The logical plans of EXPLAIN EXTENDED: as written, analysed, and as it goes to the engine, with
// cached parts in place.
std::string logical_plans(
    Session& session, const plan::RelationPtr& query, const resolved::PlanPtr& plan);

// ---- one function a verb
using Output = resolved::PlanPtr;
Output create_catalog(Session&, const plan::CreateCatalog&);
Output drop_catalog(Session&, const plan::DropCatalog&);
Output create_namespace(Session&, const plan::CreateNamespace&);
Output alter_namespace(Session&, const plan::AlterNamespace&);
Output drop_namespace(Session&, const plan::DropNamespace&);
Output create_table(Session&, const plan::CreateTable&);
Output create_table_like(Session&, const plan::CreateTableLike&);
Output alter_table(Session&, const plan::AlterTable&);
Output drop_table(Session&, const plan::DropTable&);
Output truncate_table(Session&, const plan::TruncateTable&);
Output create_view(Session&, const plan::CreateView&);
Output alter_view(Session&, const plan::AlterView&);
Output drop_view(Session&, const plan::DropView&);
Output create_function(Session&, const plan::CreateFunction&);
Output drop_function(Session&, const plan::DropFunction&);
Output insert(Session&, const plan::Insert&);
Output write(Session&, const plan::Write&);
Output delete_rows(Session&, const plan::Delete&);
Output update_rows(Session&, const plan::Update&);
Output merge_into(Session&, const plan::Merge&);
Output show(Session&, const plan::Show&);
Output describe_table(Session&, const plan::DescribeTable&);
Output describe_namespace(Session&, const plan::DescribeNamespace&);
Output describe_function(Session&, const plan::DescribeFunction&);
Output describe_query(Session&, const plan::DescribeQuery&);
Output explain(Session&, const plan::Explain&);
Output use(Session&, const plan::Use&);
Output set_config(Session&, const plan::SetConfig&);
Output reset_config(Session&, const plan::ResetConfig&);
Output comment_on(Session&, const plan::Comment&);
Output cache_table(Session&, const plan::Cache&);
Output uncache_table(Session&, const plan::Uncache&);
Output refresh(Session&, const plan::Refresh&);
Output analyze_table(Session&, const plan::AnalyzeTable&);
Output optimize(Session&, const plan::Optimize&);
Output reorg_upgrade(Session&, const plan::Optimize&);
Output vacuum(Session&, const plan::Vacuum&);
Output describe_history(Session&, const plan::DescribeHistory&);
Output describe_detail(Session&, const plan::DescribeDetail&);
Output restore(Session&, const plan::Restore&);
Output clone_table(Session&, const plan::CloneTable&);
Output convert_to_delta(Session&, const plan::ConvertToDelta&);
Output generate_manifest(Session&, const plan::GenerateManifest&);
Output declare_variable(Session&, const plan::DeclareVariable&);
Output set_variable(Session&, const plan::SetVariable&);
Output drop_variable(Session&, const plan::DropVariable&);
Output execute_immediate(Session&, const plan::ExecuteImmediate&);
Output script(Session&, const plan::Script&);
Output catalog_call(Session&, const plan::CatalogCall&);

}  // namespace hanok::commands
