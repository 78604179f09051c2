// Package trace follows a message from the moment it is taken in to the reply that
// is delivered, across the inbox, the outbox and several processes. It is the only
// room that knows OpenTelemetry's API; where the spans go is decided by Open.
//
// What a span says is kept for as long as whoever runs the collector likes, so its
// attributes are names, numbers and outcomes: no texts, no chats, no people.
package trace

import (
	"context"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// Attr is something that a span says about itself.
type Attr = attribute.KeyValue

// Text is an attribute out of a small set of words, such as a channel or an outcome.
func Text(name, value string) Attr { return attribute.String("liaison."+name, value) }

// Number is an attribute that counts or numbers something of ours.
func Number(name string, value int64) Attr { return attribute.Int64("liaison."+name, value) }

// Flag is an attribute that is so or not.
func Flag(name string, value bool) Attr { return attribute.Bool("liaison."+name, value) }

// Start begins a span below the one of ctx. end ends it; it may be called once, with
// what came of the work: an error marks the span as failed, without the error's text,
// which may quote what somebody wrote.
func Start(ctx context.Context, name string, attrs ...Attr) (_ context.Context, end func(err error, attrs ...Attr)) {
	// The provider is asked each time: a tracer that was made before Open would ask
	// the one before.
	ctx, span := otel.GetTracerProvider().Tracer("liaison").Start(ctx, name, trace.WithAttributes(attrs...))
	return ctx, func(err error, attrs ...Attr) {
		span.SetAttributes(attrs...)
		if err != nil {
			span.SetStatus(codes.Error, "")
		}
		span.End()
	}
}

// parent is the name of the only value that is carried: W3C's traceparent.
const parent = "traceparent"

// Carry returns what makes Resume go on with the span of ctx, in another process
// too; "" when nothing is traced.
func Carry(ctx context.Context) string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	return carrier[parent]
}

// Resume returns ctx as a part of the trace that Carry has told of. What Carry did
// not return changes nothing.
func Resume(ctx context.Context, carried string) context.Context {
	if carried == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{parent: carried})
}
