package trace

import (
	"context"
	"os"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
)

// Enabled reports whether the environment names a place that spans are sent to.
func Enabled() bool {
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}

// Open sends spans by OTLP over HTTP to where OpenTelemetry's own environment
// variables say, from now on and for the whole process; without them it does
// nothing. instance names this process among several. failed is told when spans
// cannot be sent: they are then dropped, and nothing else waits. close sends what is
// left, for as long as its context lasts.
func Open(ctx context.Context, version, instance string, failed func(error)) (close func(context.Context) error, err error) {
	if !Enabled() {
		return func(context.Context) error { return nil }, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, err
	}
	// What the environment says of the service comes last and so prevails.
	res, err := resource.New(ctx,
		resource.WithAttributes(attribute.String("service.name", "liaison"), attribute.String("service.version", version), attribute.String("service.instance.id", instance)),
		resource.WithFromEnv())
	if err != nil {
		return nil, err
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(failed))
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(res))
	otel.SetTracerProvider(provider)
	return provider.Shutdown, nil
}
