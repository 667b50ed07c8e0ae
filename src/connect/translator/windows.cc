#include <spark/connect/expressions.pb.h>

#include "base/error.h"
#include "connect/translator/translator.h"

namespace hanok::connect {

std::shared_ptr<plan::Expression> Translator::window(const spark::connect::Expression_Window& m) {
    using Frame = Expression::Window::WindowFrame;
    if (!m.has_window_function()) throw invalid_plan("WINDOW_FUNCTION_REQUIRED");
    plan::WindowSpec spec;
    spec.partition_by = expressions(m.partition_spec());
    spec.order_by = sort_orders(m.order_spec());
    if (m.has_frame_spec()) {
        auto bound = [&](const Frame::FrameBoundary& b, bool is_upper) {
            plan::FrameBound out;
            switch (b.boundary_case()) {
                case Frame::FrameBoundary::kCurrentRow:
                    out.kind = plan::FrameBound::Kind::kCurrentRow;
                    break;
                case Frame::FrameBoundary::kUnbounded:
                    out.kind = plan::FrameBound::Kind::kUnbounded;
                    break;
                case Frame::FrameBoundary::kValue:
                    out.kind = plan::FrameBound::Kind::kValue;
                    out.value = expression(b.value());
                    break;
                case Frame::FrameBoundary::BOUNDARY_NOT_SET:
                    throw invalid_plan(is_upper ? "UPPER_BOUND_REQUIRED_IN_WINDOW_FRAME"
                                                : "LOWER_BOUND_REQUIRED_IN_WINDOW_FRAME");
            }
            out.is_following = is_upper;
            return out;
        };
        plan::WindowFrame frame;
        switch (m.frame_spec().frame_type()) {
            case Frame::FRAME_TYPE_ROW: frame.type = plan::FrameType::kRows; break;
            case Frame::FRAME_TYPE_RANGE: frame.type = plan::FrameType::kRange; break;
            default:
                throw invalid_plan("INVALID_ENUM",
                    {{"fullName", "spark.connect.Expression.Window.WindowFrame.FrameType"},
                        {"name", "frame_type"},
                        {"number", std::to_string(m.frame_spec().frame_type())}});
        }
        frame.lower = bound(m.frame_spec().lower(), false);
        frame.upper = bound(m.frame_spec().upper(), true);
        spec.frame = std::move(frame);
    }
    return std::make_shared<plan::Window>(expression(m.window_function()), std::move(spec));
}

}  // namespace hanok::connect
