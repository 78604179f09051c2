package store

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// maxPrepared is how many statements a connection keeps; the program has fewer.
const maxPrepared = 512

// preparing is a connector of SQLite whose connections keep their statements: SQLite
// takes longer to read most of ours than to run them.
type preparing struct{ driver.Connector }

// Connect implements driver.Connector.
func (p preparing) Connect(ctx context.Context) (driver.Conn, error) {
	raw, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	conn, ok := raw.(sqliteConn)
	if !ok { // the driver promises otherwise
		return nil, errors.Join(errors.New("the driver's connections lack a method"), raw.Close())
	}
	kept, err := simplelru.NewLRU(maxPrepared, func(_ string, p *prepared) { p.drop() })
	return &preparedConn{conn, kept}, err
}

// sqliteConn is what connections of the driver implement.
type sqliteConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.ConnPrepareContext
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
}

// preparedConn is a connection that keeps its statements. Like all connections it is
// used by one goroutine at a time.
type preparedConn struct {
	sqliteConn
	kept *simplelru.LRU[string, *prepared]
}

// Unwrap returns the driver's own connection, which the driver asks for.
func (c *preparedConn) Unwrap() driver.Conn { return c.sqliteConn }

// Close implements driver.Conn.
func (c *preparedConn) Close() error {
	c.kept.Purge()
	return c.sqliteConn.Close()
}

// ExecContext implements driver.ExecerContext.
func (c *preparedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	p, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	defer p.release()
	return p.stmt.ExecContext(ctx, args)
}

// QueryContext implements driver.QueryerContext.
func (c *preparedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	p, err := c.take(ctx, query)
	if err != nil {
		return nil, err
	}
	rows, err := p.stmt.QueryContext(ctx, args)
	if err != nil {
		p.release()
		return nil, err
	}
	if r, ok := rows.(sqliteRows); ok {
		return &preparedRows{r, p}, nil
	}
	p.release()
	return nil, errors.Join(errors.New("the driver's rows lack a method"), rows.Close())
}

// take returns the statement for one use, until its release. One whose rows are still
// being read serves nobody else: for them it is prepared again.
func (c *preparedConn) take(ctx context.Context, query string) (*prepared, error) {
	p, ok := c.kept.Get(query)
	if ok && !p.busy {
		p.busy = true
		return p, nil
	}
	stmt, err := c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s, can := stmt.(sqliteStmt)
	if !can {
		return nil, errors.Join(errors.New("the driver's statements lack a method"), stmt.Close())
	}
	p = &prepared{stmt: s, busy: true, dropped: ok}
	if !ok {
		c.kept.Add(query, p)
	}
	return p, nil
}

// sqliteStmt is what statements of the driver implement.
type sqliteStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
}

// prepared is a statement of a connection.
type prepared struct {
	stmt    sqliteStmt
	busy    bool
	dropped bool // no connection keeps it
}

func (p *prepared) release() {
	p.busy = false
	if p.dropped {
		p.stmt.Close()
	}
}

func (p *prepared) drop() {
	p.dropped = true
	if !p.busy {
		p.stmt.Close()
	}
}

// sqliteRows is what rows of the driver implement.
type sqliteRows interface {
	driver.Rows
	driver.RowsColumnTypeDatabaseTypeName
	driver.RowsColumnTypeLength
	driver.RowsColumnTypeNullable
	driver.RowsColumnTypePrecisionScale
	driver.RowsColumnTypeScanType
}

// preparedRows are rows that release their statement.
type preparedRows struct {
	sqliteRows
	of *prepared
}

// Close implements driver.Rows.
func (r *preparedRows) Close() error {
	defer r.of.release()
	return r.sqliteRows.Close()
}
