// xpath and its relatives: XPath 1.0 over XML texts.

#include <libxml/xpath.h>

#include <cmath>
#include <limits>
#include <optional>

#include "engine/functions/xml_document.h"
#include "engine/functions/xml_groups.h"

namespace hanok::engine {

namespace {

struct XPathDeleter {
    void operator()(xmlXPathCompExpr* e) const { xmlXPathFreeCompExpr(e); }
    void operator()(xmlXPathContext* c) const { xmlXPathFreeContext(c); }
    void operator()(xmlXPathObject* o) const { xmlXPathFreeObject(o); }
};
using XPathResult = std::unique_ptr<xmlXPathObject, XPathDeleter>;

void ignore_error(void*, xmlErrorPtr) {}

[[noreturn]] void raise_bad_path(const std::string& path) {
    raise(runtime_error("HANOK_INVALID_XPATH", {{"path", path}}));
}

// A compiled path; each thread keeps its last one, because a query has one.
class XPath {
public:
    static XPath& get(std::string_view path) {
        thread_local std::unique_ptr<XPath> last;
        if (!last || last->path_ != path) last = std::make_unique<XPath>(std::string(path));
        return *last;
    }

    explicit XPath(std::string path) : path_(std::move(path)) {
        std::unique_ptr<xmlXPathContext, XPathDeleter> context(xmlXPathNewContext(nullptr));
        context->error = ignore_error;
        compiled_.reset(
            xmlXPathCtxtCompile(context.get(), reinterpret_cast<const xmlChar*>(path_.c_str())));
        if (!compiled_) raise_bad_path(path_);
    }

    // Valid as long as the document.
    XPathResult run(xmlDoc* document) const {
        std::unique_ptr<xmlXPathContext, XPathDeleter> context(xmlXPathNewContext(document));
        context->error = ignore_error;
        context->node = reinterpret_cast<xmlNode*>(document);
        XPathResult result(xmlXPathCompiledEval(compiled_.get(), context.get()));
        if (!result) raise_bad_path(path_);
        return result;
    }

private:
    std::string path_;
    std::unique_ptr<xmlXPathCompExpr, XPathDeleter> compiled_;
};

// What `use` makes of a path's result in a text; nullopt where either is empty.
template <class Use>
auto evaluate(std::string_view xml, std::string_view path, Use use)
    -> std::optional<decltype(use(std::declval<xmlXPathObject*>()))> {
    if (xml.empty() || path.empty()) return std::nullopt;
    auto& compiled = XPath::get(path);
    auto document = parse_xml(xml);
    if (!document) raise(runtime_error("HANOK_INVALID_XML", {{"xml", std::string(xml)}}));
    auto result = compiled.run(document.get());
    return use(result.get());
}

std::optional<double> number(std::string_view xml, std::string_view path) {
    return evaluate(xml, path, [](xmlXPathObject* o) { return xmlXPathCastToNumber(o); });
}

// As Java narrows a double: NaN is 0, what is too large the nearest value.
template <class T>
T narrowed(double x) {
    if (std::isnan(x)) return 0;
    if (x >= static_cast<double>(std::numeric_limits<T>::max()))
        return std::numeric_limits<T>::max();
    if (x <= static_cast<double>(std::numeric_limits<T>::min()))
        return std::numeric_limits<T>::min();
    return static_cast<T>(x);
}

// SMALLINT comes by way of INT, as in Java.
template <class T, class Narrowed = T>
void add_integer(KernelSet& kernels, const std::string& name) {
    kernels.add(
        name,
        [](std::string_view xml, std::string_view path) -> std::optional<T> {
            auto x = number(xml, path);
            return x ? std::optional<T>(static_cast<T>(narrowed<Narrowed>(*x))) : std::nullopt;
        },
        Fallible::kYes);
}

// Texts and attributes have values, elements have none (NULL).
void append_nodes(duckdb::Vector& list, duckdb::list_entry_t& entry, xmlXPathObject* result,
    std::string_view path) {
    if (result->type != XPATH_NODESET) raise_bad_path(std::string(path));
    auto count = result->nodesetval ? static_cast<duckdb::idx_t>(result->nodesetval->nodeNr) : 0;
    auto offset = duckdb::ListVector::GetListSize(list);
    duckdb::ListVector::Reserve(list, offset + count);
    auto& child = duckdb::ListVector::GetEntry(list);
    for (duckdb::idx_t i = 0; i < count; ++i) {
        auto* node = result->nodesetval->nodeTab[i];
        if (node->type == XML_ELEMENT_NODE || node->type == XML_DOCUMENT_NODE) {
            duckdb::FlatVector::SetNull(child, offset + i, true);
            continue;
        }
        auto* content = xmlNodeGetContent(node);
        auto text = std::string(reinterpret_cast<const char*>(content));
        xmlFree(content);
        duckdb::FlatVector::GetData<duckdb::string_t>(child)[offset + i] =
            duckdb::StringVector::AddStringOrBlob(child, text.data(), text.size());
    }
    duckdb::ListVector::SetListSize(list, offset + count);
    entry = {offset, count};
}

void run_nodes(duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    using View = std::string_view;
    duckdb::UnifiedVectorFormat xml, path;
    args.data[0].ToUnifiedFormat(args.size(), xml);
    args.data[1].ToUnifiedFormat(args.size(), path);
    bool constant = args.AllConstant();
    result.SetVectorType(duckdb::VectorType::FLAT_VECTOR);
    auto* lists = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result);
    for (duckdb::idx_t row = 0; row < (constant ? 1 : args.size()); ++row) {
        bool there = !detail::is_absent<View>(xml, row) && !detail::is_absent<View>(path, row);
        if (there) {
            auto text = detail::load_argument<View>(path, row);
            auto append = [&](xmlXPathObject* o) {
                append_nodes(result, lists[row], o, text);
                return true;
            };
            there = evaluate(detail::load_argument<View>(xml, row), text, append).has_value();
        }
        if (!there) duckdb::FlatVector::SetNull(result, row, true);
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
}

}  // namespace

void add_xpath(KernelSet& kernels) {
    using duckdb::LogicalType;
    duckdb::ScalarFunction nodes("spark_xpath", {LogicalType::VARCHAR, LogicalType::VARCHAR},
        LogicalType::LIST(LogicalType::VARCHAR), run_nodes);
    nodes.SetFallible();
    kernels.add(std::move(nodes));
    add_integer<int16_t, int32_t>(kernels, "spark_xpath_smallint");
    add_integer<int32_t>(kernels, "spark_xpath_int");
    add_integer<int64_t>(kernels, "spark_xpath_bigint");
    kernels.add(
        "spark_xpath_double",
        [](std::string_view xml, std::string_view path) { return number(xml, path); },
        Fallible::kYes);
    kernels.add(
        "spark_xpath_float",
        [](std::string_view xml, std::string_view path) -> std::optional<float> {
            auto x = number(xml, path);
            return x ? std::optional<float>(static_cast<float>(*x)) : std::nullopt;
        },
        Fallible::kYes);
    kernels.add(
        "spark_xpath_boolean",
        [](std::string_view xml, std::string_view path) -> std::optional<bool> {
            return evaluate(
                xml, path, [](xmlXPathObject* o) { return xmlXPathCastToBoolean(o) != 0; });
        },
        Fallible::kYes);
    kernels.add(
        "spark_xpath_string",
        [](std::string_view xml, std::string_view path) -> std::optional<std::string> {
            return evaluate(xml, path, [](xmlXPathObject* o) {
                auto* text = xmlXPathCastToString(o);
                std::string out = reinterpret_cast<const char*>(text);
                xmlFree(text);
                return out;
            });
        },
        Fallible::kYes);
}

}  // namespace hanok::engine
